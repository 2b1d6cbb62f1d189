package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot/vg/draw"
)

// A Confusion shows what the examples of each class are taken for. Numbers are
// per cent of a row, and the darker a cell the more; what is right lies on the
// diagonal. A cell of no examples is empty.
type Confusion struct {
	Title   string
	Counts  [][]int  // of class i taken for class j at [i][j]
	Classes []string // nil for 0, 1, …
	Truth   string   // name of the rows; "" stands for class
	Answer  string   // name of the columns; "" stands for taken for

	Width, Height float64 // 0 stands for 17 and 13
}

// Size returns the width and the height.
func (f Confusion) Size() (width, height float64) { return cmp.Or(f.Width, 17), cmp.Or(f.Height, 13) }

// Draw draws the counts as shades and numbers. It is an error if the counts are
// no square, if one is negative, or if there is another number of classes.
func (f Confusion) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	if err := f.check(); err != nil {
		return fmt.Errorf("plot: confusion %q: %w", f.Title, err)
	}
	classes := f.Classes
	if classes == nil {
		classes = numbered(len(f.Counts))
	}
	k := cells{len(f.Counts), len(f.Counts), f.shade, f.percent}
	drawBody(k.plot(f.Title, cmp.Or(f.Answer, "taken for"), cmp.Or(f.Truth, "class"), classes, classes), c)
	return nil
}

func (f Confusion) check() error {
	n := len(f.Counts)
	switch {
	case n == 0:
		return fmt.Errorf("there are no counts")
	case f.Classes != nil && len(f.Classes) != n:
		return fmt.Errorf("%d names for %d classes", len(f.Classes), n)
	}
	for i, row := range f.Counts {
		if len(row) != n {
			return fmt.Errorf("row %d has %d counts, want %d, as many as there are rows", i, len(row), n)
		}
		for j, count := range row {
			if count < 0 {
				return fmt.Errorf("the count at [%d][%d] is %d, want 0 or more", i, j, count)
			}
		}
	}
	return nil
}

// share returns the part of the examples of class i that were taken for class j.
func (f Confusion) share(i, j int) float64 {
	n := 0.0
	for _, count := range f.Counts[i] {
		n += float64(count)
	}
	return float64(f.Counts[i][j]) / max(n, 1)
}

// shade returns blue, the less transparent the more examples.
func (f Confusion) shade(i, j int) color.Color {
	return color.NRGBA{Blue.R, Blue.G, Blue.B, uint8(math.Round(255 * f.share(i, j)))}
}

// percent returns the number in a cell, none for 0.
func (f Confusion) percent(i, j int) string {
	if f.Counts[i][j] == 0 || len(f.Counts) > legible {
		return ""
	}
	return fmt.Sprintf("%.0f", 100*f.share(i, j))
}

// numbered returns the names 0, 1, ….
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = strconv.Itoa(i)
	}
	return names
}

package plot

import (
	"cmp"
	"fmt"

	"gonum.org/v1/plot/vg/draw"
)

// Tiles are pictures beside each other, all of one size, from left to right in
// rows from the top.
type Tiles struct {
	Pictures []Picture
	Columns  int // 0 stands for all in one row

	Width, Height float64 // of all together; 0 stands for 17 and 8.5, two squares in a row
}

// Size returns width and height of all together.
func (t Tiles) Size() (width, height float64) { return cmp.Or(t.Width, 17), cmp.Or(t.Height, 8.5) }

// Draw draws every picture. It is an error if there is none.
func (t Tiles) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	columns := t.Columns
	if columns == 0 {
		columns = len(t.Pictures)
	}
	if columns < 1 {
		return fmt.Errorf("plot: tiles: %d pictures in %d columns, want at least one of each", len(t.Pictures), t.Columns)
	}
	tiles := draw.Tiles{Rows: rows(len(t.Pictures), columns), Cols: columns, PadX: 12, PadY: 12}
	for i, p := range t.Pictures {
		if p == nil {
			return fmt.Errorf("plot: tiles: picture %d is nil", i)
		}
		if err := p.Draw(tiles.At(c, i%columns, i/columns)); err != nil {
			return err
		}
	}
	return nil
}

// rows returns how many rows n things need.
func rows(n, columns int) int { return (n-1)/columns + 1 }

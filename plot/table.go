package plot

import (
	"cmp"
	"fmt"
	"image/color"

	"gonum.org/v1/plot/vg/draw"
)

// A Table shows numbers as colours, the first row at the top: red above 0, blue
// below, grey at 0, as far as the largest of them in size. Numbers that are not
// finite are white.
type Table struct {
	Title   string
	Values  [][]float64 // rows of one length
	Rows    []string    // names; nil for none
	Columns []string
	Y, X    string // what the rows and the columns are

	Width, Height float64 // 0 stands for 17, and for 4 and 1 for each of up to 20 rows
}

// Size returns width and height.
func (t Table) Size() (width, height float64) {
	return cmp.Or(t.Width, 17), cmp.Or(t.Height, 4+float64(min(len(t.Values), 20)))
}

// Draw draws the table. It is an error if it has no cells, if its rows differ in
// length, or if there is another number of names.
func (t Table) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	if err := t.check(); err != nil {
		return fmt.Errorf("plot: table %q: %w", t.Title, err)
	}
	colour := diverging(t.Values...)
	k := cells{
		rows:    len(t.Values),
		columns: len(t.Values[0]),
		colour:  func(i, j int) color.Color { return colour(t.Values[i][j]) },
		text:    t.number,
	}
	drawBody(k.plot(t.Title, t.X, t.Y, t.Columns, t.Rows), c)
	return nil
}

// number returns the text of a cell, none where there are too many.
func (t Table) number(i, j int) string {
	if max(len(t.Values), len(t.Values[0])) > legible {
		return ""
	}
	return fmt.Sprintf("%.2g", t.Values[i][j])
}

func (t Table) check() error {
	switch {
	case len(t.Values) == 0 || len(t.Values[0]) == 0:
		return fmt.Errorf("there are no values")
	case t.Rows != nil && len(t.Rows) != len(t.Values):
		return fmt.Errorf("%d names for %d rows", len(t.Rows), len(t.Values))
	case t.Columns != nil && len(t.Columns) != len(t.Values[0]):
		return fmt.Errorf("%d names for %d columns", len(t.Columns), len(t.Values[0]))
	}
	for i, row := range t.Values {
		if len(row) != len(t.Values[0]) {
			return fmt.Errorf("row %d has %d values, row 0 has %d", i, len(row), len(t.Values[0]))
		}
	}
	return nil
}

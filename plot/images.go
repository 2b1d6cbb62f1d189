package plot

import (
	"cmp"
	"fmt"
	"image"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Images are small images beside each other, each with a title above it, from
// left to right in rows from the top.
type Images struct {
	Title   string // above all
	Images  []image.Image
	Titles  []string // of each; nil for none
	Columns int      // 0 stands for 5, or 10 if there are more than 10 images

	Width, Height float64 // 0 stands for 2.6 for each column and row, and room for titles
}

// columns returns how many images stand in a row.
func (s Images) columns() int {
	switch n := len(s.Images); {
	case s.Columns != 0:
		return s.Columns
	case n > 10:
		return 10
	default:
		return max(1, min(n, 5))
	}
}

// Size returns width and height of all together.
func (s Images) Size() (width, height float64) {
	const side, gap = 2.6, 0.6
	columns := s.columns()
	rows := float64(rows(len(s.Images), max(1, columns)))
	height = gap + side*rows
	if s.Title != "" {
		height += 0.8
	}
	if s.Titles != nil {
		height += 0.4 * rows
	}
	return cmp.Or(s.Width, gap+side*float64(columns)), cmp.Or(s.Height, height)
}

// Draw draws every image as large as there is room, undistorted.
func (s Images) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	if err := s.check(); err != nil {
		return fmt.Errorf("plot: images %q: %w", s.Title, err)
	}
	if s.Title != "" {
		p := newPlot(s.Title, "", "")
		fitTitle(p, c)
		style := p.Title.TextStyle
		style.XAlign, style.YAlign = draw.XCenter, draw.YTop
		c.FillText(style, vg.Point{X: c.Center().X, Y: c.Max.Y}, s.Title)
		c = draw.Crop(c, 0, 0, 0, -style.Font.Size-10)
	}
	columns := s.columns()
	tiles := draw.Tiles{Rows: rows(len(s.Images), columns), Cols: columns, PadX: 8, PadY: 8}
	for i := range s.Images {
		s.drawOne(i, tiles.At(c, i%columns, i/columns))
	}
	return nil
}

func (s Images) check() error {
	switch {
	case len(s.Images) == 0:
		return fmt.Errorf("there are none")
	case s.Columns < 0:
		return fmt.Errorf("%d columns", s.Columns)
	case s.Titles != nil && len(s.Titles) != len(s.Images):
		return fmt.Errorf("%d titles for %d images", len(s.Titles), len(s.Images))
	}
	for i, img := range s.Images {
		if img == nil || img.Bounds().Empty() {
			return fmt.Errorf("image %d is nil or has no dots", i)
		}
	}
	return nil
}

// drawOne draws an image in the middle of a canvas, its title close above.
func (s Images) drawOne(i int, c draw.Canvas) {
	p := newPlot("", "", "")
	if s.Titles != nil {
		p.Title.Text = s.Titles[i]
		fitTitle(p, c)
	}
	p.HideAxes()
	p.X.Padding, p.Y.Padding = 0, 0
	p.Add(plotter.NewImage(s.Images[i], 0, 0, 1, 1))
	p.Draw(undistorted(p, c, s.Images[i].Bounds().Size()))
}

// undistorted returns the part of a canvas in which the data of a plot have the
// proportions of an image.
func undistorted(p *gonum.Plot, c draw.Canvas, size image.Point) draw.Canvas {
	data := p.DataCanvas(c).Size()
	unit := min(data.X/vg.Length(size.X), data.Y/vg.Length(size.Y))
	x, y := (data.X-unit*vg.Length(size.X))/2, (data.Y-unit*vg.Length(size.Y))/2
	return draw.Crop(c, x, -x, y, -y)
}

package plot

import (
	"math"

	xfont "golang.org/x/image/font"
	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// newPlot returns an empty plot with a grid.
func newPlot(title, x, y string) *gonum.Plot {
	p := gonum.New()
	p.BackgroundColor = nil // the paper's
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.TextStyle.Font = sans(12)
	p.Title.TextStyle.Font.Weight = xfont.WeightBold
	p.Title.Padding = 6
	p.Legend.TextStyle.Font = sans(10)
	p.Legend.ThumbnailWidth = 26
	p.Legend.Padding = 5 // between lines, too
	for _, a := range []*gonum.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font = sans(10.5)
		a.Tick.Label.Font = sans(9.5)
		a.Label.Padding = 6
		a.Padding = 2
		a.LineStyle.Color, a.Tick.LineStyle.Color = Grey, Grey
		a.Tick.Length = 4
		a.Tick.Marker = ticks{}
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = faint, faint
	p.Add(grid)
	return p
}

// fitTitle makes a title smaller that is wider than the canvas.
func fitTitle(p *gonum.Plot, c draw.Canvas) {
	style := &p.Title.TextStyle
	if wide := style.Width(p.Title.Text); wide > c.Size().X {
		style.Font.Size = max(6, style.Font.Size*c.Size().X/wide)
	}
}

// drawBeside draws a plot with its legend, if it has one, to the right of the
// axes, where it covers nothing, or below them if that leaves too little room.
func drawBeside(p *gonum.Plot, c draw.Canvas) {
	body := *p
	legend := p.Legend
	size := legend.Rectangle(c).Size()
	if size.Y <= 0 {
		drawBody(&body, c)
		return
	}
	body.Legend = gonum.NewLegend()
	legend.Top, legend.Left = true, true
	const gap, least = 10, 180 // least width of the axes
	if c.Size().X-size.X-gap < least && size.Y+gap < c.Size().Y/2 {
		drawBody(&body, draw.Crop(c, 0, 0, size.Y+gap, 0))
		legend.Draw(draw.Crop(c, 0, 0, 0, size.Y-c.Size().Y))
		return
	}
	inner := draw.Crop(c, 0, -size.X-gap, 0, 0)
	drawBody(&body, inner)
	legend.Draw(draw.Crop(c, c.Size().X-size.X, 0, 0, -body.Title.TextStyle.Font.Size-2*p.Title.Padding))
}

// drawBody draws a plot with the names of its axes in the middle of these: the
// plot's own way keeps room for the name of a logarithmic axis where it is not.
func drawBody(p *gonum.Plot, c draw.Canvas) {
	fitTitle(p, c)
	x, y := p.X.Label, p.Y.Label
	inner := draw.Crop(c, room(p.Y), 0, room(p.X), 0)
	p.X.Label.Text, p.Y.Label.Text = "", ""
	p.Draw(inner)
	data := p.DataCanvas(inner)
	x.TextStyle.XAlign, x.TextStyle.YAlign = draw.XCenter, draw.YBottom
	c.FillText(x.TextStyle, vg.Point{X: data.Center().X, Y: c.Min.Y}, x.Text)
	y.TextStyle.XAlign, y.TextStyle.YAlign, y.TextStyle.Rotation = draw.XCenter, draw.YTop, math.Pi/2
	c.FillText(y.TextStyle, vg.Point{X: c.Min.X, Y: data.Center().Y}, y.Text)
}

// room returns what the name of an axis needs across.
func room(a gonum.Axis) vg.Length {
	if a.Label.Text == "" {
		return 0
	}
	return a.Label.TextStyle.Height(a.Label.Text) + a.Label.Padding
}

package classify

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/palette"
	"gonum.org/v1/plot/palette/moreland"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"declive/autodiff"
)

// A weights is the matrix of a linear layer: a row for each output.
type weights struct {
	values  []float32
	columns int
}

func newWeights(p *autodiff.Param) weights {
	return weights{p.Value().Float32s(), p.Shape()[1]}
}

func (w weights) rows() int           { return len(w.values) / w.columns }
func (w weights) row(i int) []float32 { return w.values[i*w.columns:][:w.columns] }

// drawTemplates draws each row of a layer's weights as an image of the shape of
// the examples or, if these are no images, all rows as one table.
func drawTemplates(path string, p *autodiff.Param, set *Set) error {
	w, titles := newWeights(p), set.Classes
	if w.rows() != len(titles) {
		titles = make([]string, w.rows()) // hidden units, or the one score of two classes
	}
	if len(set.Shape) != 3 {
		return drawTable(path, w, titles)
	}
	return drawImages(path, w, titles, set.Shape)
}

// shown is the largest number of templates in a picture.
const shown = 50

func drawImages(path string, w weights, titles []string, shape autodiff.Shape) error {
	n := min(w.rows(), shown)
	columns := min(n, 5)
	if n > 10 {
		columns = 10
	}
	tiles := draw.Tiles{Rows: (n + columns - 1) / columns, Cols: columns, PadX: 6, PadY: 6, PadTop: 24, PadBottom: 6, PadLeft: 6, PadRight: 6}
	const side = 2.6 * vg.Centimeter
	canvas := vgimg.New(vg.Length(columns)*side, vg.Length(tiles.Rows)*side*1.15+24)
	dc := draw.New(canvas)
	caption(dc, shape)
	for i := range n {
		p := plot.New()
		p.HideAxes()
		p.Title.Text = titles[i]
		p.X.Padding, p.Y.Padding = 0, 0
		p.Add(plotter.NewImage(Template(w.row(i), shape), 0, 0, 1, 1))
		p.Draw(tiles.At(dc, i%columns, i/columns))
	}
	return save(path, vgimg.PngCanvas{Canvas: canvas})
}

// caption writes above all templates how to read them.
func caption(dc draw.Canvas, shape autodiff.Shape) {
	text := "weights: red raises the score, blue lowers it, grey is 0"
	if shape[0] == 3 {
		text = "weights: the colours that raise the score most"
	}
	style := plot.New().Title.TextStyle
	style.XAlign, style.YAlign = draw.XCenter, draw.YTop
	dc.FillText(style, vg.Point{X: dc.Center().X, Y: dc.Max.Y - 6}, text)
}

// Template returns weights as an image whose pixels are large enough to stay
// sharp: grey images by a diverging map with grey for 0, colour images
// stretched to the range of their weights.
func Template(w []float32, shape autodiff.Shape) image.Image {
	const zoom = 8
	height, width := shape[1], shape[2]
	at := diverging(w)
	if shape[0] == 3 {
		at = stretched(w, height*width)
	}
	img := image.NewRGBA(image.Rect(0, 0, zoom*width, zoom*height))
	for y := range zoom * height {
		for x := range zoom * width {
			img.Set(x, y, at(y/zoom*width+x/zoom))
		}
	}
	return img
}

// diverging returns the colour of each weight between blue for the most
// negative, grey for 0 and red.
func diverging(w []float32) func(i int) color.Color {
	m := colours(w)
	return func(i int) color.Color {
		c, err := m.At(float64(w[i]))
		if err != nil {
			return color.White // not finite
		}
		return c
	}
}

// colours returns a map from blue through grey to red, symmetric about 0.
func colours(w []float32) palette.ColorMap {
	largest := 1e-30
	for _, v := range w {
		largest = max(largest, math.Abs(float64(v)))
	}
	m := moreland.SmoothBlueRed()
	m.SetMin(-largest)
	m.SetMax(largest)
	return m
}

// stretched returns the colour of each place of three planes of weights.
func stretched(w []float32, places int) func(i int) color.Color {
	lo, hi := w[0], w[0]
	for _, v := range w {
		lo, hi = min(lo, v), max(hi, v)
	}
	level := func(v float32) uint8 { return uint8(math.Round(255 * float64(v-lo) / max(float64(hi-lo), 1e-30))) }
	return func(i int) color.Color {
		return color.RGBA{level(w[i]), level(w[i+places]), level(w[i+2*places]), 255}
	}
}

// drawTable draws all weights as a table of colours, a row for each output.
func drawTable(path string, w weights, titles []string) error {
	m := colours(w.values)
	heat := plotter.NewHeatMap(table{w}, m.Palette(255))
	heat.Min, heat.Max = m.Min(), m.Max()
	p := plot.New()
	p.Title.Text = "weights: red raises the score, blue lowers it, grey is 0"
	p.X.Label.Text = "feature"
	p.Y.Tick.Marker = labelled(titles)
	if w.columns <= 20 {
		p.X.Tick.Marker = labelled(indices(w.columns))
	}
	p.Add(heat)
	picture, err := p.WriterTo(16*vg.Centimeter, (4+vg.Length(min(w.rows(), 20)))*vg.Centimeter, "png")
	if err != nil {
		return err
	}
	return save(path, picture)
}

// labelled returns an axis with a label at 0, 1, ….
func labelled(labels []string) plot.ConstantTicks {
	ticks := make(plot.ConstantTicks, len(labels))
	for i, label := range labels {
		ticks[i] = plot.Tick{Value: float64(i), Label: label}
	}
	return ticks
}

func indices(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

// A table is what a heat map is drawn from.
type table struct{ weights }

func (t table) Dims() (c, r int)   { return t.columns, t.rows() }
func (t table) Z(c, r int) float64 { return float64(t.row(r)[c]) }
func (t table) X(c int) float64    { return float64(c) }
func (t table) Y(r int) float64    { return float64(r) }

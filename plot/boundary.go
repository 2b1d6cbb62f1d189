package plot

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// A Boundary shows how a model parts the plane of two features into classes,
// with the examples on it. A point belongs to the class with the highest score;
// of a single score, to class 1 where it is positive and else to class 0.
type Boundary struct {
	Title string
	X, Y  string // names of the features

	// Data are examples of two features, with classes or with targets −1 and 1,
	// under the transforms that the model sees.
	Data *datasets.Dataset

	// Scores records the scores of a batch x, of shape (batch, 2): the Forward of
	// a layer, with a column for each class, or one.
	Scores func(x *autodiff.Node) *autodiff.Node

	Width, Height float64 // 0 stands for 17 and 12
}

// Size returns width and height.
func (b Boundary) Size() (width, height float64) { return cmp.Or(b.Width, 17), cmp.Or(b.Height, 12) }

// Draw computes the scores all over the picture and draws the regions, the lines
// between them and the examples. Errors are those of the model and of data of
// other kinds.
func (b Boundary) Draw(c draw.Canvas) error {
	if err := canDraw(c); err != nil {
		return err
	}
	p, err := b.plot()
	if err != nil {
		return fmt.Errorf("plot: boundary %q: %w", b.Title, err)
	}
	drawBeside(p, c)
	return nil
}

// plot returns the regions as a plot of gonum.
func (b Boundary) plot() (*gonum.Plot, error) {
	e, err := b.examples()
	if err != nil {
		return nil, err
	}
	r, err := b.regions(e)
	if err != nil {
		return nil, err
	}
	p := newPlot(b.Title, b.X, b.Y)
	box := e.box
	p.Add(plotter.NewImage(r.image(512), box.Left, box.Bottom, box.Right, box.Top), r)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = box.Left, box.Right, box.Bottom, box.Top
	for k, name := range e.names {
		s := Series{Name: name, X: e.x[k], Y: e.y[k], Mark: Dots, Style: Style{Color: Look(k).Color, Radius: 2.5}}
		rim := s
		rim.Name, rim.Style = "", Style{Color: color.White, Radius: 3.25}
		rim.addTo(p)
		s.addTo(p)
	}
	return p, nil
}

// examples are those of a boundary, by classes.
type examples struct {
	names     []string
	x, y      [][]float64 // of each class
	box       Box         // around them all
	precision tensor.Dtype
}

// examples returns those of the data.
func (b Boundary) examples() (*examples, error) {
	if b.Data == nil {
		return nil, fmt.Errorf("there are no data")
	}
	if b.Data.Features() != 2 {
		return nil, fmt.Errorf("the examples have %d features, want 2", b.Data.Features())
	}
	labels, names, err := classesOf(b.Data)
	if err != nil {
		return nil, err
	}
	batch, err := b.Data.All()
	if err != nil {
		return nil, err
	}
	e := &examples{names: names, x: make([][]float64, len(names)), y: make([][]float64, len(names)), precision: batch.X.Dtype()}
	values := numbers(batch.X)
	for i, k := range labels {
		e.x[k], e.y[k] = append(e.x[k], values[2*i]), append(e.y[k], values[2*i+1])
	}
	e.box, err = around(values)
	return e, err
}

// classesOf returns the class of each example, and their names.
func classesOf(d *datasets.Dataset) (labels []int, names []string, err error) {
	if labels, names = d.Labels(), d.Classes(); len(labels) > 0 {
		return labels, names, nil
	}
	targets := d.Targets()
	if d.Len() == 0 || len(targets) != d.Len() {
		return nil, nil, fmt.Errorf("%d examples without classes, want some with classes, or with targets -1 and 1", d.Len())
	}
	for i, t := range targets {
		if t != -1 && t != 1 {
			return nil, nil, fmt.Errorf("the target of example %d is %v, want -1 or 1", i, t)
		}
		labels = append(labels, int(t+1)/2)
	}
	return labels, []string{"−1", "1"}, nil
}

// around returns a box a little larger than pairs of numbers.
func around(pairs []float64) (Box, error) {
	var sides [2][2]float64
	for axis := range sides {
		var along []float64
		for i := axis; i < len(pairs); i += 2 {
			along = append(along, pairs[i])
		}
		lo, hi := extent(along)
		lo, hi = widened(lo, hi, false)
		gap := 0.05 * (hi - lo)
		sides[axis] = [2]float64{lo - gap, hi + gap}
	}
	b := Box{sides[0][0], sides[0][1], sides[1][0], sides[1][1]}
	return b, b.check()
}

// regions are what a model decides over a box.
type regions struct {
	margins []*Surface // of each class: its score less the highest of the others
}

// sampled is the number of points along a side at which scores are computed.
const sampled = 121

// regions computes the scores and from them the margins.
func (b Boundary) regions(e *examples) (*regions, error) {
	if b.Scores == nil {
		return nil, fmt.Errorf("there are no scores")
	}
	x, y := spaced(e.box.Left, e.box.Right, sampled), spaced(e.box.Bottom, e.box.Top, sampled)
	points := make([]float64, 0, 2*sampled*sampled)
	for _, x := range x {
		for _, y := range y {
			points = append(points, x, y)
		}
	}
	scores, err := scoresAt(b.Scores, points, e.precision)
	if err != nil {
		return nil, err
	}
	k := len(scores) / (sampled * sampled)
	if k != 1 && k != len(e.names) || k == 1 && len(e.names) != 2 {
		return nil, fmt.Errorf("the model has %d scores for %d classes, want as many, or one for two", k, len(e.names))
	}
	r := &regions{}
	for class := range e.names {
		next := 0
		s, err := Tabulate(func(_, _ float64) (float64, error) {
			next++
			return lead(scores[(next-1)*k:][:k], class), nil
		}, e.box, sampled)
		if err != nil {
			return nil, err
		}
		r.margins = append(r.margins, s)
	}
	return r, nil
}

// lead returns by how much a class leads before the best of the others.
func lead(scores []float64, class int) float64 {
	if len(scores) == 1 {
		return float64(2*class-1) * scores[0]
	}
	best := math.Inf(-1)
	for k, s := range scores {
		if k != class {
			best = max(best, s)
		}
	}
	return scores[class] - best
}

// scoresAt returns the scores of points, pairs of numbers, row by row.
func scoresAt(scores func(x *autodiff.Node) *autodiff.Node, points []float64, precision tensor.Dtype) (out []float64, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewGraph(precision)
	x := g.Input("x", len(points)/2, 2)
	s := scores(x)
	program, err := autodiff.Compile(s)
	if err != nil {
		return nil, err
	}
	result, err := program.Run(x.Feed(matrix(points, precision)))
	if err != nil {
		return nil, err
	}
	out = numbers(result.Value(0))
	if len(out) == 0 || len(out)%(len(points)/2) != 0 || s.Shape()[0] != len(points)/2 {
		return nil, fmt.Errorf("the scores of a batch of %d have the shape %v, want a row for each example", len(points)/2, s.Shape())
	}
	return out, nil
}

// matrix returns pairs of numbers as a tensor of a precision.
func matrix(pairs []float64, precision tensor.Dtype) *tensor.Dense {
	shape := tensor.WithShape(len(pairs)/2, 2)
	if precision == tensor.Float64 {
		return tensor.New(shape, tensor.WithBacking(pairs))
	}
	single := make([]float32, len(pairs))
	for i, v := range pairs {
		single[i] = float32(v)
	}
	return tensor.New(shape, tensor.WithBacking(single))
}

// image returns the classes as a picture of n by n dots.
func (r *regions) image(n int) image.Image {
	m := image.NewRGBA(image.Rect(0, 0, n, n))
	for i := range n {
		for j := range n {
			u, v := (float64(i)+0.5)/float64(n), (float64(j)+0.5)/float64(n)
			best := 0
			for k, s := range r.margins {
				if s.interpolate(u, v) > r.margins[best].interpolate(u, v) {
					best = k
				}
			}
			m.SetRGBA(i, n-1-j, mix(series[best%len(series)], white, 0.75))
		}
	}
	return m
}

// Plot draws the lines between the regions.
func (r *regions) Plot(c draw.Canvas, p *gonum.Plot) {
	trX, trY := p.Transforms(&c)
	c.SetLineStyle(draw.LineStyle{Color: curveStyle.Color, Width: 1})
	for _, s := range r.margins {
		for _, line := range lines(s.contour(0)) {
			c.Stroke(pathOf(line, trX, trY))
		}
	}
}

package curves

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// A lossCurve is the loss of one example over its margin m = y·f, with the
// derivative by the margin.
type lossCurve struct {
	name         string
	value, slope []float64 // at each margin
}

// compared are the three losses of the lecture and what they stand for.
var compared = []struct {
	name string
	loss autodiff.LossFunc
}{
	{"squared, (1 − m)²", losses.Squared},
	{hingeName, losses.Hinge},
	{"logistic, ln(1 + exp(−m))", losses.Logistic},
	{zeroOneName, zeroOne},
}

const (
	hingeName   = "hinge, max(0, 1 − m)"
	zeroOneName = "0-1, wrong or right"
)

// zeroOne counts mistakes: 1 where y·f ≤ 0. The derivative of a comparison is
// 0, so that a search by slopes learns nothing from it.
func zeroOne(f, y *autodiff.Node) *autodiff.Node {
	zero := f.Graph().Scalar(0)
	return f.Mul(y).LessEqual(zero).Mean()
}

// curvesOver returns every loss at the margins.
func curvesOver(margins []float64) ([]lossCurve, error) {
	curves := make([]lossCurve, len(compared))
	for i, l := range compared {
		curves[i] = lossCurve{name: l.name}
		value, slope, err := curve(l.loss, margins)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.name, err)
		}
		curves[i].value, curves[i].slope = value, slope
	}
	return curves, nil
}

// curve evaluates a loss and its derivative for one example with y = 1, whose
// margin is then its score f.
func curve(loss autodiff.LossFunc, margins []float64) (value, slope []float64, err error) {
	g := autodiff.NewGraph(tensor.Float64)
	f := g.Input("f", 1)
	l := loss(f, g.Constant(vector(1)))
	df, err := autodiff.Grad(l, f)
	if err != nil {
		return nil, nil, err
	}
	p, err := autodiff.Compile(l, df...)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range margins {
		out, err := p.Run(f.Feed(vector(m)))
		if err != nil {
			return nil, nil, err
		}
		value = append(value, out.Scalar(0))
		slope = append(slope, out.Value(1).Float64s()[0])
	}
	return value, slope, nil
}

// vector returns a tensor of shape (n).
func vector(x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))
}

package verify

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/optim/curvature"
)

// A formula is a way to take a slope by differences.
type formula struct {
	name      string
	precision tensor.Dtype
	central   bool
}

var formulas = []formula{
	{"forward difference, float64", tensor.Float64, false},
	{"central difference, float64", tensor.Float64, true},
	{"central difference, float32", tensor.Float32, true},
}

// An errorCurve is the error of a formula over the step h.
type errorCurve struct {
	formula
	err    []float64 // at each h: ‖numerical − analytic‖ / ‖analytic‖
	h      float64   // of the smallest error
	lowest float64
}

// errorsOver measures the formulas at every step h.
func (s subject) errorsOver(steps []float64) ([]errorCurve, error) {
	exact, err := s.exact()
	if err != nil {
		return nil, err
	}
	weights := s.weights.Value().Float64s()
	w := slices.Clone(weights)
	defer copy(weights, w)
	curves := make([]errorCurve, len(formulas))
	for i, f := range formulas {
		c := errorCurve{formula: f}
		loss, err := s.evaluator(f.precision)
		if err != nil {
			return nil, err
		}
		for _, h := range steps {
			c.err = append(c.err, f.error(loss, w, exact, h))
		}
		best := slices.Index(c.err, slices.Min(c.err))
		c.h, c.lowest = steps[best], c.err[best]
		curves[i] = c
	}
	return curves, nil
}

// error returns how far the formula with step h is from the exact gradient.
func (f formula) error(loss func(w []float64) float64, w, exact []float64, h float64) float64 {
	g := gradcheck.Forward(loss, w, h)
	if f.central {
		floats.Add(g, gradcheck.Forward(loss, w, -h))
		floats.Scale(0.5, g)
	}
	return floats.Distance(g, exact, 2) / floats.Norm(exact, 2)
}

// exact returns the gradient of the softmax loss by backpropagation in float64.
func (s subject) exact() ([]float64, error) {
	o, err := curvature.NewObjective(s.softmax, s.params(), s.batch)
	if err != nil {
		return nil, err
	}
	g := make([]float64, o.Dim())
	_, err = o.Gradient(g)
	return g, err
}

// evaluator returns the softmax loss as a function of the weights, computed in
// the given precision; NaN where it cannot be computed.
func (s subject) evaluator(precision tensor.Dtype) (func(w []float64) float64, error) {
	g := autodiff.NewGraph(precision)
	x, y := g.Constant(s.batch.X), g.Labels("labels", s.batch.Y.Shape()[0])
	p, err := autodiff.Compile(s.softmax(x, y))
	if err != nil {
		return nil, err
	}
	return func(w []float64) float64 {
		copy(s.weights.Value().Float64s(), w)
		out, err := p.Run(y.Feed(s.batch.Y))
		if err != nil {
			return math.NaN()
		}
		return out.Scalar(0)
	}, nil
}

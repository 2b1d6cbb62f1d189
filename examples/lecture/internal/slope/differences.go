package slope

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/nn"
	"declive/optim/curvature"
)

// step is the lecture's h, by which one weight after the other is moved.
const step = 0.0001

// newObjective returns the loss of a linear classifier on all of d, at random
// weights.
func newObjective(d *datasets.Dataset, rng *rand.Rand) (*curvature.Objective, error) {
	batch, err := d.Float64().All()
	if err != nil {
		return nil, err
	}
	w := nn.NewParam("W", nn.Normal(0.3), rng, len(d.Classes()), d.Features())
	w.Convert(tensor.Float64)
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return losses.MulticlassHinge(x.MatMul(x.Graph().Param(w).T()), y)
	}
	return curvature.NewObjective(loss, []*autodiff.Param{w}, batch)
}

// A look is the loss after one weight has been moved.
type look struct {
	weight int
	loss   float64
}

// slope is the difference quotient.
func (l look) slope(before float64) float64 { return (l.loss - before) / step }

// moved returns the loss with weight i moved by h, and leaves the weights as
// they were.
func moved(o *curvature.Objective, i int, h float64) (float64, error) {
	w := o.Point()
	old := w[i]
	w[i] += h
	if err := o.Move(w); err != nil {
		return 0, err
	}
	loss, err := o.Loss()
	w[i] = old
	if err != nil {
		return 0, err
	}
	return loss, o.Move(w)
}

// A comparison holds the slopes by differences beside those by backpropagation.
type comparison struct {
	loss       float64
	weights    []float64
	looks      []look
	difference []float64 // for all weights
	gradient   []float64
}

// compare looks at every weight.
func compare(o *curvature.Objective) (*comparison, error) {
	c := &comparison{weights: o.Point(), gradient: make([]float64, o.Dim())}
	var err error
	if c.loss, err = o.Gradient(c.gradient); err != nil {
		return nil, err
	}
	for i := range c.weights {
		loss, err := moved(o, i, step)
		if err != nil {
			return nil, err
		}
		l := look{i, loss}
		c.looks, c.difference = append(c.looks, l), append(c.difference, l.slope(c.loss))
	}
	return c, nil
}

// distance is how far the two gradients lie apart, beside the length of the
// exact one.
func (c *comparison) distance() float64 {
	return floats.Distance(c.difference, c.gradient, 2) / floats.Norm(c.gradient, 2)
}

// steepest returns the weight with the steepest slope.
func (c *comparison) steepest() int {
	best := 0
	for i, g := range c.gradient {
		if math.Abs(g) > math.Abs(c.gradient[best]) {
			best = i
		}
	}
	return best
}

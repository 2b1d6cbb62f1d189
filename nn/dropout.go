package nn

import (
	"fmt"
	"math/rand/v2"

	"declive/autodiff"
)

// Dropout is the layer that while a model learns sets a part of its input's elements
// to 0, others in every step, and makes up for it in the rest (Srivastava, Hinton,
// Krizhevsky, Sutskever and Salakhutdinov, Dropout: A Simple Way to Prevent Neural
// Networks from Overfitting, 2014):
//
//	y = x/(1 − rate) where u < 1 − rate, else 0    u = Random(seed, step)
//
// In a graph that does not train, see [autodiff.Graph.Training], it passes its input
// on. Layers of one seed choose the same places in inputs of one shape.
type Dropout struct {
	stateless
	Rate float64 // from 0, and below 1
	Seed uint64
}

// NewDropout returns a layer with a seed from rng. It panics with an
// [*autodiff.Error] if the rate is not from 0 and below 1, or rng is nil.
func NewDropout(rate float64, rng *rand.Rand) Dropout {
	if rng == nil {
		autodiff.Fail("nn.NewDropout", "a layer that draws needs a *rand.Rand")
	}
	l := Dropout{Rate: rate, Seed: rng.Uint64()}
	l.check("nn.NewDropout")
	return l
}

func (l Dropout) check(name string) {
	if !(l.Rate >= 0 && l.Rate < 1) {
		autodiff.Fail(name, fmt.Sprintf("rate %v, want a number from 0 and below 1", l.Rate))
	}
}

// Forward records the formula if the graph trains. The step is the graph's input of
// that name, which every trainer gives. It panics with an [*autodiff.Error] if there is
// none, or if the rate has no meaning.
func (l Dropout) Forward(x *autodiff.Node) *autodiff.Node {
	need("nn.Dropout", x)
	l.check("nn.Dropout")
	g := x.Graph()
	if !g.Training() || l.Rate == 0 {
		return x
	}
	keep := g.Scalar(1 - l.Rate)
	u := g.Random(l.Seed, g.Given("step"), x.Shape()...)
	return u.Less(keep).Where(x.Div(keep), g.Scalar(0))
}

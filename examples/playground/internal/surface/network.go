package surface

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

const (
	hidden     = 8   // units of the network
	trainSteps = 400 // of Adam, before the surface is cut
)

// newNetwork returns the loss of a network on the points of two moons along two
// directions from its weights θ₀ before a training,
//
//	θ(u, v) = θ₀ + u·(θ₁ − θ₀) + v·r
//
// where θ₁ are those after it and r is drawn at random, in each parameter as long as
// the way of the training.
func newNetwork(rng *rand.Rand) (*surface, error) {
	points, err := datasets.Moons(examples, 0.15, rng)
	if err != nil {
		return nil, err
	}
	if points, err = points.Float64().Signs(); err != nil {
		return nil, err
	}
	model := nn.NewMLP("network", []int{2, hidden, 1}, nn.Tanh{}, nn.HeNormal(), rng)
	planes, err := cut(model, points, rng)
	if err != nil {
		return nil, err
	}
	return &surface{Box{-1.1, 2.1, -1.2, 1.2}, []float64{0, 0}, points, func(u, v, x, y *autodiff.Node) *autodiff.Node {
		return planes.loss(u, v, x, y)
	}}, nil
}

// planes are the weights of a network with one hidden layer over the plane: W₁, b₁,
// W₂, b₂ as three arrays each, for 1, u and v.
type planes [4][3]*tensor.Dense

// cut trains a model and returns its weights along the two directions.
func cut(model nn.Sequential, data *datasets.Dataset, rng *rand.Rand) (planes, error) {
	var p planes
	for i, w := range model.Params() {
		w.Convert(tensor.Float64)
		p[i][0] = w.Value().Clone().(*tensor.Dense)
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.Logistic(model.Forward(x), y) }
	trainer, err := optim.NewTrainer(loss, model.Params(), optim.Adam{LearningRate: 0.02})
	if err != nil {
		return p, err
	}
	all, err := data.All()
	if err != nil {
		return p, err
	}
	for range trainSteps {
		if _, err := trainer.Step(all); err != nil {
			return p, err
		}
	}
	for i, w := range model.Params() {
		p[i][1] = w.Value().Clone().(*tensor.Dense)
		way := p[i][1].Float64s()
		floats.Sub(way, p[i][0].Float64s())
		p[i][2] = w.Value().Clone().(*tensor.Dense)
		random := p[i][2].Float64s()
		for j := range random {
			random[j] = rng.NormFloat64()
		}
		floats.Scale(floats.Norm(way, 2)/floats.Norm(random, 2), random)
	}
	return p, nil
}

// loss records the network once for each of the points u, v of shape (n): every array
// has an axis for the points before the one for the examples.
func (p planes) loss(u, v, x, y *autodiff.Node) *autodiff.Node {
	g, n, m := x.Graph(), u.Shape()[0], x.Shape()[0]
	mix := func(of [3]*autodiff.Node) *autodiff.Node {
		return of[0].Add(u.Reshape(n, 1, 1).Mul(of[1])).Add(v.Reshape(n, 1, 1).Mul(of[2]))
	}
	var parts [4][3]*autodiff.Node
	for k := range 3 {
		parts[0][k] = x.MatMul(g.Constant(p[0][k]).T()).Add(g.Constant(p[1][k]))
		parts[2][k] = g.Constant(p[2][k]).Reshape(1, hidden)
		parts[3][k] = g.Constant(p[3][k]).Reshape(1, 1)
	}
	scores := mix(parts[0]).Tanh().Mul(mix(parts[2])).Sum(2).Reshape(n, m, 1).Add(mix(parts[3])).Reshape(n, m)
	return y.Reshape(m).Mul(scores).Neg().Softplus().Mean(1)
}

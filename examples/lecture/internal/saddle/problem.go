package saddle

import (
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/losses"
	"declive/nn"
	"declive/optim/curvature"
)

// A problem is a network with the points that it learns.
type problem struct {
	params    []*autodiff.Param
	loss      autodiff.LossFunc
	data      *datasets.Dataset
	batch     autodiff.Batch // all of it
	objective *curvature.Objective
}

// newProblem returns a model of one input on n points (x, f(x) and noise), x
// evenly spaced from −2 to 2. Its loss is the squared error and λ times the squares of
// all weights, which makes the stationary points single ones.
func newProblem(model nn.Layer, lambda float64, f func(float64) float64, n int, rng *rand.Rand) (*problem, error) {
	x, y := lesson.Between(-2, 2, n), make([]float64, n)
	for i := range x {
		y[i] = f(x[i]) + 0.1*rng.NormFloat64()
	}
	p := &problem{params: model.Params()}
	for _, w := range p.params {
		w.Convert(tensor.Float64)
	}
	p.loss = func(x, y *autodiff.Node) *autodiff.Node {
		return losses.Squared(model.Forward(x), y).Add(losses.L2(lambda, x.Graph(), p.params...))
	}
	var err error
	if p.data, err = datasets.New(x, 1); err != nil {
		return nil, err
	}
	if p.data, err = p.data.Float64().WithTargets(y, 1); err != nil {
		return nil, err
	}
	if p.batch, err = p.data.All(); err != nil {
		return nil, err
	}
	p.objective, err = curvature.NewObjective(p.loss, p.params, p.batch)
	return p, err
}

// newSmallest returns the smallest network that has a saddle: f = v·tanh(w·x).
// Where both weights are 0 its loss has no slope. It falls where both grow with
// the same sign, and rises where they grow with opposite ones.
func newSmallest(n int, rng *rand.Rand) (*problem, error) {
	model := nn.Sequential{
		nn.NewLinear("w", 1, 1, nn.Zeros(), rng).WithoutBias(),
		nn.Tanh{},
		nn.NewLinear("v", 1, 1, nn.Zeros(), rng).WithoutBias(),
	}
	return newProblem(model, 0.01, math.Tanh, n, rng)
}

// newNetwork returns a network with one hidden layer that learns a sine.
func newNetwork(hidden, n int, rng *rand.Rand) (*problem, error) {
	model := nn.NewMLP("network", []int{1, hidden, 1}, nn.Tanh{}, nn.Zeros(), rng)
	return newProblem(model, 0.01, func(x float64) float64 { return math.Sin(2 * x) }, n, rng)
}

// classified moves to a point and says what it is.
func (p *problem) classified(w []float64) (curvature.StationaryPoint, error) {
	if err := p.objective.Move(w); err != nil {
		return curvature.StationaryPoint{}, err
	}
	return curvature.Classify(p.objective, curvature.Criteria{})
}

// falling counts the eigenvalues below zero.
func falling(s curvature.StationaryPoint) int {
	n := 0
	for _, v := range s.Eigenvalues {
		if v < -s.Zero {
			n++
		}
	}
	return n
}

package gradient

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/optim/curvature"
)

const (
	points   = 8
	features = 3
	classes  = 3
	columns  = features + 1 // of W: the last one is the bias
)

// A model is a linear classifier of few weights with its loss on a batch, in float64.
type model struct {
	w         *autodiff.Param // (classes, columns)
	lambda    float64
	batch     autodiff.Batch
	loss      autodiff.LossFunc
	objective *curvature.Objective
}

func newModel(s Settings) (*model, error) {
	score, ok := map[string]autodiff.LossFunc{"softmax": losses.SoftmaxCrossEntropy, "hinge": losses.MulticlassHinge}[s.Loss]
	if !ok {
		return nil, fmt.Errorf("gradient: %q is none of the losses hinge, softmax", s.Loss)
	}
	rng := rand.New(rand.NewPCG(s.Seed, 1))
	data, err := datasets.Blobs(points, features, classes, 0.5, rng)
	if err != nil {
		return nil, err
	}
	m := &model{lambda: s.Lambda}
	if m.batch, err = data.Float64().WithBias().All(); err != nil {
		return nil, err
	}
	start := make([]float64, classes*columns)
	for i := range start {
		start[i] = 0.5 * rng.NormFloat64()
	}
	m.w = autodiff.NewParam("W", tensor.New(tensor.WithShape(classes, columns), tensor.WithBacking(start)))
	m.loss = func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		l := score(x.MatMul(g.Param(m.w).T()), y)
		if m.lambda > 0 {
			l = l.Add(losses.L2(m.lambda, g, m.w))
		}
		return l
	}
	m.objective, err = curvature.NewObjective(m.loss, []*autodiff.Param{m.w}, m.batch)
	return m, err
}

// at returns the loss of weights; NaN where it cannot be computed.
func (m *model) at(w []float64) float64 {
	if m.objective.Move(w) != nil {
		return math.NaN()
	}
	loss, err := m.objective.Loss()
	if err != nil {
		return math.NaN()
	}
	return loss
}

// gradient returns that of backpropagation with a fault in it.
func (m *model) gradient(w []float64, fault string) ([]float64, error) {
	if err := m.objective.Move(w); err != nil {
		return nil, err
	}
	g := make([]float64, len(w))
	if _, err := m.objective.Gradient(g); err != nil {
		return nil, err
	}
	faults[fault](m, w, g)
	return g, nil
}

// faults are mistakes that people make in a gradient written by hand, as what they do
// to a right one.
var faults = map[string]func(m *model, w, g []float64){
	"none": func(*model, []float64, []float64) {},
	// the sum over the examples in place of their mean
	"sum": func(m *model, w, g []float64) {
		floats.AddScaled(g, -2*m.lambda, w)
		floats.Scale(points, g)
		floats.AddScaled(g, 2*m.lambda, w)
	},
	// λ·w in place of 2·λ·w
	"decay": func(m *model, w, g []float64) { floats.AddScaled(g, -m.lambda, w) },
	// the ascent
	"sign": func(_ *model, _, g []float64) { floats.Scale(-1, g) },
	// rows taken for columns
	"transposed": func(_ *model, _, g []float64) {
		of := append([]float64(nil), g...)
		for i := range g {
			g[i] = of[i%classes*columns+i/classes]
		}
	},
	// the bias left out
	"bias": func(_ *model, _, g []float64) {
		for i := columns - 1; i < len(g); i += columns {
			g[i] = 0
		}
	},
}

// inFloat32 returns the loss as a function of the weights in single precision.
func (m *model) inFloat32() (func(w []float64) float64, error) {
	g := autodiff.NewGraph(tensor.Float32)
	y := g.Labels("y", points)
	loss, err := record(func() *autodiff.Node { return m.loss(g.Constant(m.batch.X), y) })
	if err != nil {
		return nil, err
	}
	p, err := autodiff.Compile(loss)
	if err != nil {
		return nil, err
	}
	return func(w []float64) float64 {
		copy(m.w.Value().Float64s(), w)
		out, err := p.Run(y.Feed(m.batch.Y))
		if err != nil {
			return math.NaN()
		}
		return out.Scalar(0)
	}, nil
}

func record(f func() *autodiff.Node) (n *autodiff.Node, err error) {
	defer autodiff.Catch(&err)
	return f(), nil
}

package optim_test

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// A parabola of one weight, step by step.
func ExampleTrainer_Step() {
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{4})))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		return x.Graph().Param(w).Sub(x).Square().Sum() // (w − x)²
	}
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 0.25})
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := autodiff.Batch{X: tensor.New(tensor.WithShape(1), tensor.WithBacking([]float64{2}))}
	for range 3 {
		value, err := trainer.Step(batch)
		fmt.Println(value, w.Value(), err)
	}
	// Output:
	// 4 [3] <nil>
	// 1 [2.5] <nil>
	// 0.25 [2.25] <nil>
}

// Training goes through the data, watches a validation set and returns to the
// best parameters.
func ExampleTrainer_Fit() {
	rng := sample.Rand()
	data, validation := sample.NewPoints(rng, 300, 3, 3), sample.NewPoints(rng, 100, 3, 3)
	model := sample.NewLinear(rng, 3, 3)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.Adam{LearningRate: 0.05},
		optim.WithScores(model.Forward))
	if err != nil {
		fmt.Println(err)
		return
	}
	epochs, err := trainer.Fit(context.Background(), data, optim.Plan{
		Epochs: 10, BatchSize: 32, Rand: rng,
		Validation: validation.Minibatches(0, nil), Patience: 3,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	last := epochs[len(epochs)-1]
	fmt.Println("better than 9 in 10:", last.Validation.Accuracy > 0.9)
	// Output: better than 9 in 10: true
}

// Every second example here is scored right.
func ExampleTrainer_Evaluate() {
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(), tensor.WithBacking([]float64{1})))
	model := func(x *autodiff.Node) *autodiff.Node { return x.Mul(x.Graph().Param(w)) }
	loss := func(x, y *autodiff.Node) *autodiff.Node { return model(x).Sub(y).Square().Mean() }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithScores(model))
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := autodiff.Batch{
		X: tensor.New(tensor.WithShape(4), tensor.WithBacking([]float64{1, 2, 3, -4})),
		Y: tensor.New(tensor.WithShape(4), tensor.WithBacking([]float64{1, -1, 1, 1})),
	}
	e, err := trainer.Evaluate(slices.Values([]autodiff.Batch{batch}))
	fmt.Println(e.Examples, e.Accuracy, e.Loss, err)
	// Output: 4 0.5 9.5 <nil>
}

// A learning rate far too large is found out at the step where the loss stops
// being a number; the parameters are those of before.
func ExampleDivergedError() {
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(), tensor.WithBacking([]float64{1})))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square().Exp() }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 100})
	if err != nil {
		fmt.Println(err)
		return
	}
	for err == nil {
		_, err = trainer.Step(autodiff.Batch{})
	}
	d := err.(*optim.DivergedError)
	fmt.Println(d.Step, d.Loss, d.Node.Op())
	// Output: 2 +Inf Exp
}

// A loss takes more than examples and targets: here a weight for each example,
// by which the outlier counts little.
func ExampleTrainer_more() {
	w := autodiff.NewParam("w", sample.Scalar(0))
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return x.Mul(g.Param(w)).Sub(y).Square().Mul(g.Given("weights")).Sum()
	}
	batch := autodiff.Batch{
		X:    sample.Vector(1, 2, 3),
		Y:    sample.Vector(2, 4, 60),
		More: []autodiff.Named{{Name: "weights", Value: sample.Vector(1, 1, 1e-6)}},
	}
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 100 {
		if _, err := trainer.Step(batch); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Printf("w = %.3f\n", w.Value().ScalarValue())
	// Output: w = 2.000
}

// The bias of a model stays as it is, and the weights follow Adam.
func ExampleWithGroups() {
	model := sample.NewLinear(sample.Rand(), 3, 2)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.Adam{LearningRate: 0.1},
		optim.WithGroups(optim.Group{Match: "b", Frozen: true}))
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := trainer.Step(sample.NewPoints(sample.Rand(), 9, 3, 2).All()); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(model.B.Value())
	// Output: [0  0]
}

// A trainer of a parabola, with a rule that composes two others.
func ExampleNewTrainer() {
	w := autodiff.NewParam("w", sample.Scalar(4))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square() }
	rule := optim.WeightDecay(optim.Scheduled(optim.SGD{LearningRate: 0.25}, optim.Linear(10, 0.1)), 1e-3)
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, rule)
	fmt.Println(trainer.Steps(), err)
	_, err = optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{})
	fmt.Println(err)
	// Output:
	// 0 <nil>
	// optim: learning rate at step 1 is 0, want a positive number
}

// Points that a model classifies before it has learnt anything.
func ExampleWithScores() {
	data, model := sample.NewPoints(sample.Rand(), 300, 3, 3), sample.NewLinear(sample.Rand(), 3, 3)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.Adam{LearningRate: 0.05}, optim.WithScores(model.Forward))
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := trainer.Evaluate(data.Minibatches(0, nil))
	fmt.Printf("%d examples, %.0f %% right, %v\n", e.Examples, 100*e.Accuracy, err)
	// Output: 300 examples, 13 % right, <nil>
}

// longest is a metric of one's own: the largest score.
type longest struct{ seen float64 }

func (m *longest) Add(scores, _ *tensor.Dense) error {
	m.seen = max(m.seen, slices.Max(scores.Float64s()))
	return nil
}

func (m *longest) Value() float64 { return m.seen }

// Package train/metric begins the usual ones; any other will do.
func ExampleWithMetric() {
	w := autodiff.NewParam("w", sample.Scalar(2))
	model := func(x *autodiff.Node) *autodiff.Node { return x.Mul(x.Graph().Param(w)) }
	loss := func(x, y *autodiff.Node) *autodiff.Node { return model(x).Sub(y).Square().Mean() }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1},
		optim.WithScores(model), optim.WithMetric("longest", func() optim.Metric { return &longest{} }))
	if err != nil {
		fmt.Println(err)
		return
	}
	e, err := trainer.Evaluate(sample.One(autodiff.Batch{X: sample.Vector(1, 3), Y: sample.Vector(2, 5)}))
	fmt.Println(e.Loss, e.Metrics, err)
	// Output: 0.5 map[longest:6] <nil>
}

// The second trainer goes on from the state of the first.
func ExampleTrainer_Restore() {
	parabola := func() (*autodiff.Param, *optim.Trainer, error) {
		w := autodiff.NewParam("w", sample.Scalar(4))
		loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square() }
		t, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.Momentum{LearningRate: 0.25, Momentum: 0.5})
		return w, t, err
	}
	w, first, err := parabola()
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := first.Step(autodiff.Batch{}); err != nil {
		fmt.Println(err)
		return
	}
	state, err := first.State()
	if err != nil {
		fmt.Println(err)
		return
	}
	again, second, err := parabola()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(second.Restore(state), second.Steps(), w.Value(), again.Value())
	// Output: <nil> 1 2 2
}

// A rate that grows at each step of one epoch shows where the loss is lowest before it
// grows again: a tenth of that is a good start (Smith, Cyclical Learning Rates for
// Training Neural Networks, arXiv 1506.01186).
func Example_learningRateFinder() {
	data, model := sample.NewPoints(sample.Rand(), 5000, 3, 3), sample.NewLinear(sample.Rand(), 3, 3)
	rule := optim.Scheduled(optim.SGD{LearningRate: 1e-4}, optim.Exponential(1.15))
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), rule)
	if err != nil {
		fmt.Println(err)
		return
	}
	lowest, rate := math.Inf(1), 0.0
	for b := range data.Minibatches(50, sample.Rand()) {
		loss, err := trainer.Step(b)
		if err != nil || loss > 4*lowest {
			break
		}
		if loss < lowest {
			lowest, rate = loss, rule.Rate(trainer.Steps())
		}
	}
	fmt.Printf("%.1g\n", rate/10)
	// Output: 2
}

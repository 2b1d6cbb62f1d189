package classifier

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/playground/internal/wire"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// Settings are what the controls of the view say. Rate may change while the model
// learns.
type Settings struct {
	Data       string       `json:"data"`
	Drawn      [][3]float64 `json:"drawn"` // x, y and class of the points if Data is "drawn"
	Noise      float64      `json:"noise"`
	Layers     int          `json:"layers"` // hidden ones
	Units      int          `json:"units"`  // of each
	Activation string       `json:"activation"`
	Loss       string       `json:"loss"`
	Lambda     float64      `json:"lambda"` // of the squares of the weights
	Rule       string       `json:"rule"`
	Rate       float64      `json:"rate"`
	Batch      int          `json:"batch"`
	Seed       uint64       `json:"seed"`
}

func (s Settings) check() error {
	switch {
	case !(s.Rate > 0 && s.Rate < 1e6):
		return fmt.Errorf("classifier: rate %v, want a positive number", s.Rate)
	case s.Layers < 0 || s.Layers > 3 || s.Units < 1 || s.Units > 32:
		return fmt.Errorf("classifier: %d layers of %d units, want 0 to 3 of 1 to 32", s.Layers, s.Units)
	case s.Batch < 1:
		return fmt.Errorf("classifier: batch %d, want 1 or more", s.Batch)
	case !(s.Lambda >= 0 && s.Noise >= 0):
		return fmt.Errorf("classifier: λ %v and noise %v, want 0 or more", s.Lambda, s.Noise)
	}
	return nil
}

// A Training is a model with the points it learns.
type Training struct {
	settings    Settings
	train, test *datasets.Dataset
	model       nn.Sequential
	trainer     *optim.Trainer
	next        func() (autodiff.Batch, bool)
	stop        func()
	regions     *autodiff.Program
	epochs      int
	diverged    bool
}

// Points are what the model learns, as x, y and class.
type Points struct {
	Train  [][3]float64 `json:"train"`
	Test   [][3]float64 `json:"test"`
	Extent float64      `json:"extent"`
	Frame  *Frame       `json:"frame"`
}

// A Frame is the model after some steps.
type Frame struct {
	Steps    int          `json:"steps"`
	Epochs   int          `json:"epochs"`
	Train    Result       `json:"train"`
	Test     Result       `json:"test"`
	Size     int          `json:"size"`
	Regions  wire.Picture `json:"regions"` // f at Size·Size points, row by row from the bottom
	Layers   []Layer      `json:"layers"`
	Diverged bool         `json:"diverged"`
}

// A Result is how the model does on a set; Loss is without the part of λ.
type Result struct {
	Loss     wire.Number `json:"loss"`
	Accuracy wire.Number `json:"accuracy"`
}

// A Layer is the weights of a layer, a row for each output.
type Layer struct {
	In      int           `json:"in"`
	Out     int           `json:"out"`
	Weights []wire.Number `json:"weights"`
	Bias    []wire.Number `json:"bias"`
}

// New returns a training before its first step.
func New(s Settings) (_ *Training, err error) {
	defer autodiff.Catch(&err)
	if err := s.check(); err != nil {
		return nil, err
	}
	goal, ok := targets[s.Loss]
	if !ok {
		return nil, fmt.Errorf("classifier: %q is none of the losses hinge, logistic, softmax, squared", s.Loss)
	}
	t := &Training{settings: s}
	if t.train, t.test, err = points(s, rand.New(rand.NewPCG(s.Seed, 1))); err != nil {
		return nil, err
	}
	if t.model, err = newModel(s, goal.outputs, rand.New(rand.NewPCG(s.Seed, 2))); err != nil {
		return nil, err
	}
	if t.regions, err = regions(t.model, goal); err != nil {
		return nil, err
	}
	return t, t.begin(goal)
}

// begin makes the trainer and deals the first batch.
func (t *Training) begin(goal target) error {
	rule, err := newRule(&t.settings)
	if err != nil {
		return err
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		l := goal.loss(t.model.Forward(x), y)
		if x.Graph().Training() && t.settings.Lambda > 0 {
			l = l.Add(losses.L2(t.settings.Lambda, x.Graph(), t.model.Weights()...))
		}
		return l
	}
	if t.trainer, err = optim.NewTrainer(loss, t.model.Params(), rule, optim.WithScores(t.model.Forward)); err != nil {
		return err
	}
	data := t.train
	if !goal.labels {
		if data, err = data.Signs(); err != nil {
			return err
		}
		if t.test, err = t.test.Signs(); err != nil {
			return err
		}
		t.train = data
	}
	t.next, t.stop = iter.Pull(t.batches(data.Minibatches(t.settings.Batch, rand.New(rand.NewPCG(t.settings.Seed, 3)))))
	return nil
}

// batches goes through the data without end, and counts.
func (t *Training) batches(epoch iter.Seq[autodiff.Batch]) iter.Seq[autodiff.Batch] {
	return func(yield func(autodiff.Batch) bool) {
		for {
			for b := range epoch {
				if !yield(b) {
					return
				}
			}
			t.epochs++
		}
	}
}

// Points returns the points, and the frame before the first step.
func (t *Training) Points() (*Points, error) {
	f, err := t.frame()
	return &Points{listed(t.train), listed(t.test), Extent, f}, err
}

// listed returns the points of a set with their classes.
func listed(d *datasets.Dataset) [][3]float64 {
	out := [][3]float64{}
	for b := range d.Consecutive(1) {
		x := b.X.Float64s()
		class := 0.0
		switch y := b.Y.Data().(type) {
		case []int:
			class = float64(y[0])
		case []float64:
			class = (y[0] + 1) / 2
		}
		out = append(out, [3]float64{x[0], x[1], class})
	}
	return out
}

// Tune takes over what may change while the model learns.
func (t *Training) Tune(s Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	t.settings.Rate = s.Rate
	return nil
}

// Advance takes steps and returns the model after them.
func (t *Training) Advance(steps int) (*Frame, error) {
	for range steps {
		if t.diverged {
			break
		}
		batch, _ := t.next()
		_, err := t.trainer.Step(batch)
		if diverged := (*optim.DivergedError)(nil); errors.As(err, &diverged) {
			t.diverged = true
		} else if err != nil {
			return nil, err
		}
	}
	return t.frame()
}

// Close ends the deal of batches.
func (t *Training) Close() { t.stop() }

func (t *Training) frame() (*Frame, error) {
	f := &Frame{Steps: t.trainer.Steps(), Epochs: t.epochs, Size: resolution}
	for _, part := range []struct {
		data *datasets.Dataset
		to   *Result
	}{{t.train, &f.Train}, {t.test, &f.Test}} {
		var err error
		if *part.to, err = t.judge(part.data); err != nil {
			return nil, err
		}
	}
	f.Diverged = t.diverged
	out, err := t.regions.Run()
	if err != nil {
		return nil, err
	}
	f.Regions = out.Value(0).Float64s()
	f.Layers = layers(t.model)
	return f, nil
}

// judge returns how the model does on a set. A loss that is not finite is as good as
// none.
func (t *Training) judge(d *datasets.Dataset) (Result, error) {
	e, err := t.trainer.Evaluate(d.Consecutive(0))
	if diverged := (*optim.DivergedError)(nil); errors.As(err, &diverged) {
		t.diverged = true
		return Result{wire.Number(math.Inf(1)), wire.Number(math.NaN())}, nil
	}
	return Result{wire.Number(e.Loss), wire.Number(e.Accuracy)}, err
}

// layers returns the weights of the linear layers.
func layers(model nn.Sequential) []Layer {
	var all []Layer
	for _, l := range model {
		if linear, ok := l.(*nn.Linear); ok {
			shape := linear.Weight.Shape()
			all = append(all, Layer{shape[1], shape[0], wire.Numbers(linear.Weight.Value().Float64s()), wire.Numbers(linear.Bias.Value().Float64s())})
		}
	}
	return all
}

// resolution is the number of points of the regions, across and up.
const resolution = 56

// regions returns the program of the model's answers over the square.
func regions(model nn.Layer, goal target) (p *autodiff.Program, err error) {
	defer autodiff.Catch(&err)
	var xy []float64
	for i := range resolution {
		for j := range resolution {
			xy = append(xy, at(j), at(i))
		}
	}
	g := autodiff.NewGraph(tensor.Float64)
	grid := tensor.New(tensor.WithShape(resolution*resolution, 2), tensor.WithBacking(xy))
	return autodiff.Compile(goal.answer(model.Forward(g.Constant(grid))))
}

// at returns the place of a column or row of the regions.
func at(i int) float64 { return Extent * (2*float64(i)/(resolution-1) - 1) }

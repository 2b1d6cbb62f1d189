package digits

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
	Hidden int     `json:"hidden"` // units; 0 for a linear model
	Lambda float64 `json:"lambda"`
	Rule   string  `json:"rule"`
	Rate   float64 `json:"rate"`
	Batch  int     `json:"batch"`
	Seed   uint64  `json:"seed"`
}

func (s Settings) check() error {
	switch {
	case !(s.Rate > 0 && s.Rate < 1e6):
		return fmt.Errorf("digits: rate %v, want a positive number", s.Rate)
	case s.Hidden < 0 || s.Hidden > 64:
		return fmt.Errorf("digits: %d hidden units, want 0 to 64", s.Hidden)
	case s.Batch < 1:
		return fmt.Errorf("digits: batch %d, want 1 or more", s.Batch)
	case !(s.Lambda >= 0):
		return fmt.Errorf("digits: λ %v, want 0 or more", s.Lambda)
	}
	return nil
}

const (
	pixels    = 28 * 28
	classes   = 10
	trainSize = 2000
	testSize  = 400
)

// A Training is a model with the images it learns.
type Training struct {
	settings    Settings
	train, test *datasets.Dataset
	model       nn.Sequential
	trainer     *optim.Trainer
	next        func() (autodiff.Batch, bool)
	stop        func()
	scores      *autodiff.Program
	image       *autodiff.Node
	drawing     *tensor.Dense // (1, pixels)
	blank       bool
	recent      float64 // loss of the last batches
	epochs      int
	diverged    bool
	judged      int // the step of the last test
	accuracy    float64
}

// A Frame is the model after some steps.
type Frame struct {
	Steps         int           `json:"steps"`
	Epochs        int           `json:"epochs"`
	Loss          wire.Number   `json:"loss"` // mean of the last batches, with the part of λ
	Accuracy      wire.Number   `json:"accuracy"`
	Tested        int           `json:"tested"` // the step of the accuracy
	Side          int           `json:"side"`   // of a template
	Templates     [][]byte      `json:"templates"`
	Scores        []wire.Number `json:"scores"`        // of the drawing: none if it is blank
	Probabilities []wire.Number `json:"probabilities"` // softmax of the scores
	Diverged      bool          `json:"diverged"`
}

// An Example is an image of the test set.
type Example struct {
	Pixels []byte `json:"pixels"`
	Label  int    `json:"label"`
	Frame  *Frame `json:"frame"`
}

// New returns a training before its first step.
func New(s Settings) (_ *Training, err error) {
	defer autodiff.Catch(&err)
	if err := s.check(); err != nil {
		return nil, err
	}
	t := &Training{settings: s, blank: true, recent: math.NaN(), judged: -1}
	all, err := datasets.Digits(trainSize+testSize, rand.New(rand.NewPCG(s.Seed, 1)))
	if err != nil {
		return nil, err
	}
	if all, err = all.With(datasets.Scale(1. / 255)); err != nil {
		return nil, err
	}
	if t.train, err = all.Float64().Slice(0, trainSize); err != nil {
		return nil, err
	}
	if t.test, err = all.Float64().Slice(trainSize, trainSize+testSize); err != nil {
		return nil, err
	}
	t.model = newModel(s.Hidden, rand.New(rand.NewPCG(s.Seed, 2)))
	if err := t.begin(); err != nil {
		return nil, err
	}
	g := autodiff.NewGraph(tensor.Float64)
	t.drawing = tensor.New(tensor.WithShape(1, pixels), tensor.WithBacking(make([]float64, pixels)))
	t.image = g.Input("image", 1, pixels)
	scores := t.model.Forward(t.image)
	t.scores, err = autodiff.Compile(scores, scores.Softmax(1))
	return t, err
}

func newModel(hidden int, rng *rand.Rand) nn.Sequential {
	widths := []int{pixels, classes}
	if hidden > 0 {
		widths = []int{pixels, hidden, classes}
	}
	model := append(nn.Sequential{nn.Flatten{}}, nn.NewMLP("digits", widths, nn.ReLU{}, nn.Normal(0.02), rng)...)
	for _, p := range model.Params() {
		p.Convert(tensor.Float64)
	}
	return model
}

// begin makes the trainer and deals the first batch.
func (t *Training) begin() error {
	rules := map[string]optim.Rule{
		"sgd":      optim.SGD{LearningRate: 1},
		"momentum": optim.Momentum{LearningRate: 1},
		"adam":     optim.Adam{LearningRate: 1},
	}
	rule, ok := rules[t.settings.Rule]
	if !ok {
		return fmt.Errorf("digits: %q is none of the rules adam, momentum, sgd", t.settings.Rule)
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		l := losses.SoftmaxCrossEntropy(t.model.Forward(x), y)
		if t.settings.Lambda > 0 {
			l = l.Add(losses.L2(t.settings.Lambda, x.Graph(), t.model.Weights()...))
		}
		return l
	}
	var err error
	rated := optim.Scheduled(rule, func(int) float64 { return t.settings.Rate })
	if t.trainer, err = optim.NewTrainer(loss, t.model.Params(), rated, optim.WithScores(t.model.Forward)); err != nil {
		return err
	}
	epoch := t.train.Minibatches(t.settings.Batch, rand.New(rand.NewPCG(t.settings.Seed, 3)))
	t.next, t.stop = iter.Pull(func(yield func(autodiff.Batch) bool) {
		for ; ; t.epochs++ {
			for b := range epoch {
				if !yield(b) {
					return
				}
			}
		}
	})
	return nil
}

// Tune takes over what may change while the model learns.
func (t *Training) Tune(s Settings) error {
	if err := s.check(); err != nil {
		return err
	}
	t.settings.Rate = s.Rate
	return nil
}

// Close ends the deal of batches.
func (t *Training) Close() { t.stop() }

// memory is how much the mean of the losses keeps at a step.
const memory = 0.9

// Advance takes steps and returns the model after them.
func (t *Training) Advance(steps int) (*Frame, error) {
	for range steps {
		if t.diverged {
			break
		}
		batch, _ := t.next()
		loss, err := t.trainer.Step(batch)
		if diverged := (*optim.DivergedError)(nil); errors.As(err, &diverged) {
			t.diverged = true
			break
		}
		if err != nil {
			return nil, err
		}
		if math.IsNaN(t.recent) {
			t.recent = loss
		}
		t.recent = memory*t.recent + (1-memory)*loss
	}
	return t.Frame()
}

// Draw gives the image that is to be named, 784 bytes row by row from the top, and
// returns a frame with its scores.
func (t *Training) Draw(image []byte) (*Frame, error) {
	if len(image) != pixels {
		return nil, fmt.Errorf("digits: an image of %d bytes, want %d", len(image), pixels)
	}
	t.blank = true
	for i, v := range image {
		t.drawing.Float64s()[i] = float64(v) / 255
		t.blank = t.blank && v == 0
	}
	return t.Frame()
}

// Example puts an image of the test set into the place of the drawing.
func (t *Training) Example(number int) (*Example, error) {
	i := (number%testSize + testSize) % testSize
	b, err := t.test.Batch(i)
	if err != nil {
		return nil, err
	}
	e := &Example{Pixels: make([]byte, pixels), Label: t.test.Labels()[i]}
	for j, v := range b.X.Float64s() {
		e.Pixels[j] = byte(math.Round(255 * v))
	}
	e.Frame, err = t.Draw(e.Pixels)
	return e, err
}

// between is how many steps lie between two tests.
const between = 20

// Frame returns the present model.
func (t *Training) Frame() (*Frame, error) {
	if steps := t.trainer.Steps(); t.judged < 0 || steps >= t.judged+between {
		e, err := t.trainer.Evaluate(t.test.Consecutive(100))
		if diverged := (*optim.DivergedError)(nil); errors.As(err, &diverged) {
			t.diverged, e.Accuracy = true, math.NaN()
		} else if err != nil {
			return nil, err
		}
		t.judged, t.accuracy = steps, e.Accuracy
	}
	f := &Frame{
		Steps: t.trainer.Steps(), Epochs: t.epochs, Loss: wire.Number(t.recent), Accuracy: wire.Number(t.accuracy), Tested: t.judged,
		Side: 28, Templates: templates(t.model), Diverged: t.diverged, Scores: []wire.Number{}, Probabilities: []wire.Number{},
	}
	if t.blank {
		return f, nil
	}
	out, err := t.scores.Run(t.image.Feed(t.drawing))
	if err != nil {
		return nil, err
	}
	f.Scores, f.Probabilities = wire.Numbers(out.Value(0).Float64s()), wire.Numbers(out.Value(1).Float64s())
	return f, nil
}

// templates returns the rows of the first layer's weights as images of their own
// scale: 128 for 0, 1 for the lowest weight possible and 255 for the highest.
func templates(model nn.Sequential) [][]byte {
	first := model[1].(*nn.Linear).Weight
	w, rows := first.Value().Float64s(), first.Shape()[0]
	images := make([][]byte, rows)
	for i := range images {
		row := w[i*pixels : (i+1)*pixels]
		most := 1e-12
		for _, v := range row {
			most = max(most, math.Abs(v))
		}
		images[i] = make([]byte, pixels)
		for j, v := range row {
			images[i][j] = byte(128 + math.Round(127*v/most))
		}
	}
	return images
}

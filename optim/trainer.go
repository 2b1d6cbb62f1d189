package optim

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
	"declive/internal/setting"
)

// A Trainer lowers a loss by a rule, one step after another. It keeps one
// compiled program for each form of batch that it meets, so that a last, smaller
// minibatch needs nothing special. A trainer is used from one goroutine.
type Trainer struct {
	loss     autodiff.LossFunc
	params   []*autodiff.Param
	groups   []*members // the trainer's rule's, then those asked for
	groupOf  []*members // of each parameter
	asked    []Group
	slots    [][]*autodiff.Param                   // of each parameter
	kept     []*autodiff.Param                     // what the loss itself assigns, such as running statistics
	pending  []autodiff.Named                      // values for those, until the loss is recorded
	scores   func(x *autodiff.Node) *autodiff.Node // nil if not given
	plain    bool                                  // without the gradient's length
	clip     float64                               // the longest gradient that is followed as it is; 0 for any
	clipped  bool                                  // a limit was given
	modelled bool                                  // scores were given
	metrics  []metricMaker
	ranks    *ranks  // that train together; nil for one process
	factor   float64 // of all learning rates, that of a plateau

	decay        float64    // of running means
	averaged     bool       // a decay was given
	lookahead    *lookahead // nil for none
	means        []mean     // of the trained parameters, so many of them, and then of what is kept
	trainedMeans int
	exchanged    bool // parameters and means have changed places

	precision  tensor.Dtype
	steps      int // taken so far
	step       *tensor.Dense
	feeds      []autodiff.Feed
	norm       float64
	training   record.Cache[*update]
	evaluating record.Cache[*evaluation]
}

// An Option is a setting of [NewTrainer].
type Option func(*Trainer)

// WithScores gives the model's scores of examples, usually its Forward method, which
// [Trainer.Evaluate] judges: it counts those that are classified right, and [WithMetric]
// has more for classes and for regressions.
func WithScores(model func(x *autodiff.Node) *autodiff.Node) Option {
	return func(t *Trainer) { t.scores, t.modelled = model, true }
}

// WithoutGradientNorm leaves out the length of the gradient, and with it the
// look at the gradient before it is followed. The gradients of weights are then
// added to them where they are computed, instead of being stored: a step of a
// small perceptron takes a tenth less. A gradient that is not finite, though the
// loss is, spoils the parameters, and only the next step reports it.
func WithoutGradientNorm() Option { return func(t *Trainer) { t.plain = true } }

// WithClipNorm follows a gradient that is longer than c, over all parameters
// together, as if it had the length c (Pascanu, Mikolov and Bengio, On the difficulty
// of training recurrent neural networks, arXiv 1211.5063):
//
//	g ← g·min(1, c/‖g‖), then the rule
//
// [Trainer.GradientNorm] is the length before that. It is an error of [NewTrainer] if
// c is not positive, or together with [WithoutGradientNorm].
func WithClipNorm(c float64) Option {
	return func(t *Trainer) { t.clip, t.clipped = c, true }
}

// NewTrainer returns a trainer of the given parameters, whose precision, the
// same for all, is that of the training. What the loss uses beyond them stays as
// it is, unless the loss assigns it: see below.
//
// The loss is recorded twice, to train and to judge, and in each for every form
// of batch. It may ask the graph for the further values of the batch, and for the
// number t = 1, 2, … of the step, [autodiff.Graph.Given]("step"), a scalar; in
// [Trainer.Evaluate] that is the number of the last step taken. In a training
// graph it may also [autodiff.Graph.Assign] values to parameters that are not
// trained, such as the running statistics of a batch normalisation: a step makes
// these assignments with its own, and Evaluate makes none.
//
// It is an error if there are no parameters, if they differ in precision, if
// [autodiff.Param.Check] fails for one, if an option or what it gives is nil, or
// if a hyperparameter or the first learning rate has no meaning. That a loss is
// nil, cannot be recorded or does not depend on a parameter is an error of the
// first step.
func NewTrainer(loss autodiff.LossFunc, params []*autodiff.Param, rule Rule, options ...Option) (*Trainer, error) {
	precision, err := record.Precision(params)
	if err != nil {
		return nil, fmt.Errorf("optim: NewTrainer: %w", err)
	}
	t := &Trainer{loss: loss, params: slices.Clone(params), precision: precision, norm: math.NaN(), factor: 1}
	for i, o := range options {
		if o == nil {
			return nil, fmt.Errorf("optim: NewTrainer: option %d is nil", i)
		}
		o(t)
	}
	if err := t.checkOptions(); err != nil {
		return nil, err
	}
	if err := t.divide(rule); err != nil {
		return nil, err
	}
	for i, p := range params {
		slots, err := newSlots(p, t.groupOf[i])
		if err != nil {
			return nil, err
		}
		t.slots = append(t.slots, slots)
		if t.keepsMeans() && !t.groupOf[i].frozen {
			t.means = append(t.means, newMean(p))
		}
	}
	t.trainedMeans = len(t.means)
	t.step = dense.Zeros(precision)
	t.training, t.evaluating = record.NewCache(t.newUpdate), record.NewCache(t.newEvaluation)
	return t, nil
}

// checkOptions refuses options that have no meaning, or none together.
func (t *Trainer) checkOptions() error {
	if t.modelled && t.scores == nil {
		return errors.New("optim: WithScores: the model is nil")
	}
	if err := t.checkMetrics(); err != nil {
		return err
	}
	if t.clipped {
		if err := setting.Positive("optim: WithClipNorm: c", t.clip); err != nil {
			return err
		}
	}
	if t.averaged {
		if err := setting.Fraction("optim: WithAverage: the decay", t.decay); err != nil {
			return err
		}
	}
	if t.lookahead != nil {
		if t.averaged {
			return errors.New("optim: WithLookahead keeps averages of its own, so that WithAverage has no meaning beside it")
		}
		if err := t.lookahead.check(); err != nil {
			return err
		}
	}
	if t.ranks != nil && t.ranks.comm == nil {
		return errors.New("optim: WithRanks: the Comm is nil; use dist.Single for one process")
	}
	if t.clipped && t.plain {
		return errors.New("optim: WithClipNorm needs the gradient's length, which WithoutGradientNorm leaves out")
	}
	return nil
}

func newSlots(p *autodiff.Param, m *members) ([]*autodiff.Param, error) {
	n := 0
	if !m.frozen {
		n = m.layers[0].Slots()
	}
	if n < 0 {
		return nil, fmt.Errorf("optim: %T.Slots is %d, want 0 or more", m.layers[0], n)
	}
	slots := make([]*autodiff.Param, n)
	for i := range slots {
		slots[i] = autodiff.NewParam(fmt.Sprintf("%s (slot %d)", p.Name(), i), dense.Zeros(p.Precision(), p.Shape()...))
	}
	return slots, nil
}

// A Stepper lowers a loss one step at a time, from one batch each: a [*Trainer]
// by a rule, a Descent of package curvature by a method, and a Weighted or a
// Random of package search by trying around or by luck. Step returns the loss
// that it starts from, the last two the mean and the lowest of their tries, so
// that all can share one plot.
type Stepper interface {
	Step(batch autodiff.Batch) (float64, error)
}

var _ Stepper = (*Trainer)(nil)

// errUnmade is the error of a trainer that is no trainer.
var errUnmade = errors.New("optim: the trainer is nil or empty; make it with NewTrainer")

// made reports whether t comes from NewTrainer.
func (t *Trainer) made() bool { return t != nil && len(t.params) > 0 }

// Steps returns the number of steps taken so far.
func (t *Trainer) Steps() int {
	if !t.made() {
		return 0
	}
	return t.steps
}

// GradientNorm returns the length of the gradient, over all parameters
// together, that the last step followed, without overflow or underflow of its
// square. It is NaN before the first step, and [WithoutGradientNorm].
func (t *Trainer) GradientNorm() float64 {
	if !t.made() {
		return math.NaN()
	}
	return t.norm
}

// Step updates the parameters, in place, from the gradient of the loss on one
// batch, and returns the loss before the update. After the first step on a form
// of batch it allocates nothing.
//
// If the loss or the gradient is not finite, the error is a [*DivergedError], and
// so it is if the gradient is so long that its square is not, and what the rule
// makes of that is not finite either; other errors come from the batch, the loss
// function or the learning rate. In every case of error nothing is changed by the
// step.
func (t *Trainer) Step(batch autodiff.Batch) (float64, error) {
	if !t.made() {
		return math.NaN(), errUnmade
	}
	if t.ranks != nil {
		return t.stepTogether(batch)
	}
	u, err := t.updateFor(batch)
	if err == nil {
		err = t.ready()
	}
	if err != nil {
		return math.NaN(), err
	}
	t.feeds = append(u.Feed(t.feeds[:0], batch), u.step.Feed(t.step))
	t.feeds = u.feedGroups(t.feeds)
	loss, norm, err := u.run(t.feeds)
	if err != nil {
		return t.failed(u, err)
	}
	return loss, t.taken(norm)
}

// ready sets what the next step reads beside the batch.
func (t *Trainer) ready() error {
	step := t.steps + 1
	if err := t.setRates(step); err != nil {
		return err
	}
	dense.SetElement(t.step, 0, float64(step))
	if t.lookahead.due(step) {
		return t.lookahead.prepare(t, step)
	}
	return nil
}

// taken counts a step, and goes back if it is time to.
func (t *Trainer) taken(norm float64) error {
	t.steps++
	t.norm = norm
	if t.lookahead.due(t.steps) {
		return t.lookahead.goBack()
	}
	return nil
}

// prepare records the loss for batches like b, if it is not yet.
func (t *Trainer) prepare(b autodiff.Batch) error {
	if t.ranks != nil {
		return t.ranks.prepare(b)
	}
	_, err := t.updateFor(b)
	return err
}

// updateFor returns the update for batches like b at the next step.
func (t *Trainer) updateFor(b autodiff.Batch) (*update, error) {
	if err := record.Check(b); err != nil {
		return nil, fmt.Errorf("optim: %w", err)
	}
	t.enter(t.steps + 1)
	return t.training.For(b)
}

// failed turns an error of a run into that of a step.
func (t *Trainer) failed(u *update, err error) (float64, error) {
	var nonFinite *autodiff.NonFiniteError
	if !errors.As(err, &nonFinite) {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", t.steps+1, err)
	}
	var parts []record.Part
	if len(u.trained) > 0 {
		parts = append(parts, record.Part{Name: gradient, Nodes: u.grads}, record.Part{Name: updating, Nodes: u.results, From: u.ruled})
	}
	d := diverged(t.steps+1, t.feeds, u.Value, parts...)
	return d.Loss, d
}

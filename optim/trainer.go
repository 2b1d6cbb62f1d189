package optim

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Trainer lowers a loss by a rule, one step after another. It keeps one
// compiled program for each form of batch that it meets, so that a last, smaller
// minibatch needs nothing special. A trainer is used from one goroutine.
type Trainer struct {
	loss   autodiff.LossFunc
	params []*autodiff.Param
	layers []Rule                                // the rule, then those it is made of
	slots  [][]*autodiff.Param                   // of each parameter
	scores func(x *autodiff.Node) *autodiff.Node // nil if not given
	plain  bool                                  // without the gradient's length

	precision  tensor.Dtype
	steps      int // taken so far
	rate, step *tensor.Dense
	feeds      []autodiff.Feed
	norm       float64
	training   cache[*update]
	evaluating cache[*evaluation]
}

// An Option is a setting of [NewTrainer].
type Option func(*Trainer)

// WithScores gives the model's scores of examples, usually its Forward method,
// by which [Trainer.Evaluate] counts the examples that are classified right.
func WithScores(model func(x *autodiff.Node) *autodiff.Node) Option {
	return func(t *Trainer) { t.scores = model }
}

// WithoutGradientNorm leaves out the length of the gradient, and with it the
// look at the gradient before it is followed. The gradients of weights are then
// added to them where they are computed, instead of being stored: a step of a
// small perceptron takes a tenth less. A gradient that is not finite, though the
// loss is, spoils the parameters, and only the next step reports it.
func WithoutGradientNorm() Option { return func(t *Trainer) { t.plain = true } }

// NewTrainer returns a trainer of the given parameters, whose precision, the
// same for all, is that of the training. What the loss uses beyond them stays as
// it is.
//
// It is an error if there are no parameters, if they differ in precision, or if
// a hyperparameter or the first learning rate has no meaning. That a loss cannot
// be recorded or does not depend on a parameter is an error of the first step.
func NewTrainer(loss autodiff.LossFunc, params []*autodiff.Param, rule Rule, options ...Option) (*Trainer, error) {
	precision, err := uniform(params)
	if err != nil {
		return nil, err
	}
	t := &Trainer{loss: loss, params: slices.Clone(params), layers: layers(rule), precision: precision, norm: math.NaN()}
	if err := check(t.layers); err != nil {
		return nil, err
	}
	for _, o := range options {
		o(t)
	}
	for _, p := range params {
		t.slots = append(t.slots, newSlots(p, rule.Slots()))
	}
	t.rate, t.step = zeros(precision, nil), zeros(precision, nil)
	t.training.build, t.evaluating.build = t.newUpdate, t.newEvaluation
	return t, nil
}

func newSlots(p *autodiff.Param, n int) []*autodiff.Param {
	slots := make([]*autodiff.Param, n)
	for i := range slots {
		slots[i] = autodiff.NewParam(fmt.Sprintf("%s (slot %d)", p.Name(), i), zeros(p.Precision(), p.Shape()))
	}
	return slots
}

// Steps returns the number of steps taken so far.
func (t *Trainer) Steps() int { return t.steps }

// GradientNorm returns the length of the gradient, over all parameters
// together, that the last step followed. It is NaN before the first step, and
// [WithoutGradientNorm].
func (t *Trainer) GradientNorm() float64 { return t.norm }

// Step updates the parameters, in place, from the gradient of the loss on one
// batch, and returns the loss before the update. After the first step on a form
// of batch it allocates nothing.
//
// If the loss or the gradient is not finite, the error is a [*DivergedError];
// other errors come from the batch, the loss function or the learning rate. In
// every case of error nothing is changed by the step.
func (t *Trainer) Step(batch autodiff.Batch) (float64, error) {
	u, err := t.training.of(batch)
	if err != nil {
		return math.NaN(), err
	}
	rate, err := rateAt(t.layers, t.steps+1)
	if err != nil {
		return math.NaN(), err
	}
	setElement(t.rate, 0, rate)
	setElement(t.step, 0, float64(t.steps+1))
	t.feeds = append(u.feed(t.feeds[:0], batch), u.rate.Feed(t.rate), u.step.Feed(t.step))
	if err := u.program.Run(t.feeds...); err != nil {
		return t.failed(u, err)
	}
	t.steps++
	if !t.plain {
		t.norm = math.Sqrt(u.program.Scalar(1))
	}
	return u.program.Scalar(0), nil
}

// failed turns an error of a run into that of a step.
func (t *Trainer) failed(u *update, err error) (float64, error) {
	var nonFinite *autodiff.NonFiniteError
	if !errors.As(err, &nonFinite) {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", t.steps+1, err)
	}
	d := diverged(t.steps+1, t.feeds, u.guards...)
	return d.Loss, d
}

// An update is a program that computes loss and gradient and assigns what the
// rule makes of them.
type update struct {
	*recording
	rate, step *autodiff.Node
	guards     []*autodiff.Node // scalars that must be finite: the loss, and the gradient's squared length
	program    *autodiff.Program
}

func (t *Trainer) newUpdate(b autodiff.Batch) (u *update, err error) {
	defer autodiff.Catch(&err)
	r, err := record(t.loss, t.precision, b)
	if err != nil {
		return nil, err
	}
	weights := r.params(t.params)
	grads, err := autodiff.Grad(r.loss, weights...)
	if err != nil {
		return nil, err
	}
	u = &update{recording: r, rate: r.graph.Input("learning rate"), step: r.graph.Input("step")}
	u.guards = []*autodiff.Node{r.loss}
	if !t.plain {
		u.guards = append(u.guards, squares(grads))
	}
	outputs := slices.Clone(u.guards[1:])
	for i, p := range t.params {
		outputs = append(outputs, t.assignments(u, p, weights[i], grads[i], t.slots[i])...)
	}
	u.program, err = autodiff.Compile(r.loss, outputs...)
	return u, err
}

// assignments records what the rule makes of one parameter and its slots.
func (t *Trainer) assignments(u *update, p *autodiff.Param, w, g *autodiff.Node, slots []*autodiff.Param) []*autodiff.Node {
	next, memory := t.layers[0].Update(Update{W: w, G: g, Slots: u.params(slots), Rate: u.rate, Step: u.step})
	out := []*autodiff.Node{u.graph.Assign(p, next)}
	for i, slot := range slots {
		out = append(out, u.graph.Assign(slot, memory[i]))
	}
	return out
}

// squares returns the sum of the squares of all elements.
func squares(xs []*autodiff.Node) *autodiff.Node {
	total := xs[0].Square().Sum()
	for _, x := range xs[1:] {
		total = total.Add(x.Square().Sum())
	}
	return total
}

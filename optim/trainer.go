package optim

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
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
	decay    float64                               // of the averages
	averaged bool                                  // a decay was given
	averages []*autodiff.Param                     // of each parameter; nil for none
	modelled bool                                  // scores were given
	ranks    *ranks                                // that train together; nil for one process

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

// WithScores gives the model's scores of examples, usually its Forward method,
// by which [Trainer.Evaluate] counts the examples that are classified right.
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
	t := &Trainer{loss: loss, params: slices.Clone(params), precision: precision, norm: math.NaN()}
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
		var mean *autodiff.Param
		if t.averaged && !t.groupOf[i].frozen {
			mean = newAverage(p)
		}
		t.averages = append(t.averages, mean)
	}
	t.step = dense.Zeros(precision)
	t.training, t.evaluating = record.NewCache(t.newUpdate), record.NewCache(t.newEvaluation)
	return t, nil
}

// checkOptions refuses options that have no meaning, or none together.
func (t *Trainer) checkOptions() error {
	if t.modelled && t.scores == nil {
		return errors.New("optim: WithScores: the model is nil")
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
	if err != nil {
		return math.NaN(), err
	}
	if err := t.setRates(t.steps + 1); err != nil {
		return math.NaN(), err
	}
	dense.SetElement(t.step, 0, float64(t.steps+1))
	t.feeds = append(u.Feed(t.feeds[:0], batch), u.step.Feed(t.step))
	for i, m := range t.groups {
		t.feeds = append(t.feeds, u.rates[i].Feed(m.rate))
	}
	loss, norm, err := u.run(t.feeds)
	if err != nil {
		return t.failed(u, err)
	}
	t.steps++
	t.norm = norm
	return loss, nil
}

// updateFor returns the update for batches like b.
func (t *Trainer) updateFor(b autodiff.Batch) (*update, error) {
	if err := record.Check(b); err != nil {
		return nil, fmt.Errorf("optim: %w", err)
	}
	return t.training.For(b)
}

// prepare records the loss for batches like b, if it is not yet.
func (t *Trainer) prepare(b autodiff.Batch) error {
	if t.ranks != nil {
		return t.ranks.prepare(b)
	}
	_, err := t.updateFor(b)
	return err
}

// failed turns an error of a run into that of a step.
func (t *Trainer) failed(u *update, err error) (float64, error) {
	var nonFinite *autodiff.NonFiniteError
	if !errors.As(err, &nonFinite) {
		return math.NaN(), fmt.Errorf("optim: step %d: %w", t.steps+1, err)
	}
	d := diverged(t.steps+1, t.feeds, u.Value, record.Part{Name: gradient, Nodes: u.grads}, record.Part{Name: updating, Nodes: u.results, From: u.ruled})
	return d.Loss, d
}

// An update is a program that computes loss and gradient and assigns what the
// rule makes of them.
type update struct {
	*record.Loss
	step    *autodiff.Node
	rates   []*autodiff.Node // of the groups
	kept    []*autodiff.Node // the loss's own assignments
	trainer *Trainer
	plain   bool // without the gradient's length

	trained  []int            // the places of the parameters that are not frozen, and of each
	weights  []*autodiff.Node // the value,
	grads    []*autodiff.Node // the gradient,
	masks    []*autodiff.Node // and where it is 0 the step leaves it alone; nil for never
	results  []*autodiff.Node // what the rule makes of them: parameters and slots
	ruled    int              // number of the first node that the rule recorded
	assigned []*autodiff.Node // the assignments of these
	program  *autodiff.Program

	careful *autodiff.Program // nil until it is needed
	extreme bool              // it was needed in the last step
}

func (t *Trainer) newUpdate(b autodiff.Batch) (u *update, err error) {
	defer autodiff.Catch(&err)
	g := autodiff.NewTrainingGraph(t.precision)
	step := g.Input(stepName)
	l, err := record.New(t.loss, g, b)
	if err != nil {
		return nil, fmt.Errorf("optim: %w", err)
	}
	kept, err := t.assignedBy(l)
	if err != nil {
		return nil, err
	}
	u = &update{Loss: l, step: step, kept: kept, trainer: t, plain: t.plain}
	if err := u.differentiate(); err != nil {
		return nil, err
	}
	return u, u.compile()
}

// compile records what the rule makes of the gradients, and compiles the step.
func (u *update) compile() (err error) {
	t, g := u.trainer, u.Graph
	for i := range t.groups {
		u.rates = append(u.rates, g.Input(rateName(i)))
	}
	var guards []*autodiff.Node
	var scale *autodiff.Node
	if !t.plain {
		sum := squares(u.grads)
		guards = append(guards, sum, g.Scalar(least(u.grads)).Div(sum))
		scale = t.shortening(g.Scalar(1), sum.Sqrt())
	}
	if err := u.follow(scale); err != nil {
		return err
	}
	u.program, err = autodiff.Compile(u.Value, append(guards, u.assigned...)...)
	return err
}

// shortening returns the factor min(1, c/(m·r)) of a gradient of length m·r, nil
// without a limit.
func (t *Trainer) shortening(m, r *autodiff.Node) *autodiff.Node {
	if !t.clipped {
		return nil
	}
	g := m.Graph()
	return g.Scalar(t.clip).Div(m).Div(r).Min(g.Scalar(1))
}

// differentiate records the gradients of the parameters that are not frozen.
func (u *update) differentiate() error {
	u.trained, u.weights = u.trainer.trainedIn(u.Graph)
	grads, err := autodiff.Grad(u.Value, u.weights...)
	u.take(grads)
	return err
}

// trainedIn returns the places of the parameters that are not frozen, and their nodes.
func (t *Trainer) trainedIn(g *autodiff.Graph) (places []int, weights []*autodiff.Node) {
	for i, p := range t.params {
		if !t.groupOf[i].frozen {
			places = append(places, i)
			weights = append(weights, g.Param(p))
		}
	}
	return places, weights
}

// take makes the gradients those of the step: 0 for the parameters that it leaves alone.
func (u *update) take(grads []*autodiff.Node) {
	u.grads = grads
	for k := range grads {
		mask := u.trainer.groupOf[u.trained[k]].active(u.step)
		if u.masks = append(u.masks, mask); mask != nil {
			u.grads[k] = mask.Where(u.grads[k], u.Graph.Scalar(0))
		}
	}
}

// follow records what the rules make of the gradients, multiplied by a factor
// unless that is nil.
func (u *update) follow(scale *autodiff.Node) error {
	t := u.trainer
	u.ruled, u.results, u.assigned = len(u.Graph.Nodes()), nil, nil
	for k, i := range u.trained {
		m := t.groupOf[i]
		grad := u.grads[k]
		if scale != nil {
			grad = grad.Mul(scale)
		}
		of := Update{W: u.weights[k], G: grad, Slots: u.Params(t.slots[i]), Rate: u.rates[slices.Index(t.groups, m)], Step: m.count(u.step)}
		next, err := u.assign(m.layers[0], of, t.params[i], u.masks[k], t.slots[i])
		if err != nil {
			return err
		}
		if mean := t.averages[i]; mean != nil {
			u.average(mean, next)
		}
	}
	u.assigned = append(u.assigned, u.kept...)
	return nil
}

func rateName(group int) string {
	if group == 0 {
		return "learning rate"
	}
	return fmt.Sprintf("learning rate of group %d", group-1)
}

// stepName is the name of the input that holds the number of the step.
const stepName = "step"

// assignedBy returns the assignments that a loss has recorded, and adds their
// parameters to those that the trainer keeps.
func (t *Trainer) assignedBy(l *record.Loss) ([]*autodiff.Node, error) {
	var nodes []*autodiff.Node
	for p, n := range l.Graph.Assigned() {
		if slices.Contains(t.params, p) {
			return nil, fmt.Errorf("optim: the loss assigns %s at %s, which the trainer trains; assign only what it does not", p.Name(), filepath.Base(n.Caller()))
		}
		if !slices.Contains(t.kept, p) {
			if err := t.keep(p); err != nil {
				return nil, err
			}
		}
		nodes = append(nodes, n)
	}
	return nodes, nil
}

// assign records what the rule makes of one parameter and its slots, where the mask
// is not 0, and returns the parameter's new value.
func (u *update) assign(rule Rule, of Update, p *autodiff.Param, mask *autodiff.Node, slots []*autodiff.Param) (*autodiff.Node, error) {
	next, memory := rule.Update(of)
	if next == nil || len(memory) != len(slots) || slices.Contains(memory, nil) {
		return nil, fmt.Errorf("optim: %T.Update returns %v and %d slots %v, want a value and %d slots", rule, next, len(memory), memory, len(slots))
	}
	if mask != nil {
		next = mask.Where(next, of.W)
		for i := range memory {
			memory[i] = mask.Where(memory[i], of.Slots[i])
		}
	}
	u.results = append(append(u.results, next), memory...)
	u.assigned = append(u.assigned, u.Graph.Assign(p, next))
	for i, slot := range slots {
		u.assigned = append(u.assigned, u.Graph.Assign(slot, memory[i]))
	}
	return next, nil
}

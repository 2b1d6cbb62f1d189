package optim

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// An update is a program that computes loss and gradient and assigns what the
// rules make of them.
type update struct {
	*record.Loss
	step    *autodiff.Node
	inputs  []groupInputs    // of the groups
	kept    []*autodiff.Node // the loss's own assignments
	trainer *Trainer
	plain   bool // without the gradient's length

	trained  []int            // the places of the parameters that the step trains, and of each
	weights  []*autodiff.Node // the value
	grads    []*autodiff.Node // and the gradient
	results  []*autodiff.Node // what the rules make of them: parameters and slots
	ruled    int              // number of the first node that a rule recorded
	assigned []*autodiff.Node // the assignments of these
	program  *autodiff.Program

	careful *autodiff.Program // nil until it is needed
	extreme bool              // it was needed in the last step
}

// groupInputs are what a rule gets at each step.
type groupInputs struct{ rate, momentum *autodiff.Node } // no momentum without a schedule of it

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
	u = &update{Loss: l, step: step, kept: kept, trainer: t}
	if err := u.differentiate(); err != nil {
		return nil, err
	}
	return u, u.compile()
}

// compile records what the rules make of the gradients, and compiles the step.
func (u *update) compile() (err error) {
	t, g := u.trainer, u.Graph
	u.plain = t.plain || len(u.trained) == 0
	for i, m := range t.groups {
		u.inputs = append(u.inputs, m.record(g, i))
	}
	var guards []*autodiff.Node
	var scale *autodiff.Node
	if !u.plain {
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

// differentiate records the gradients of the parameters that the step trains.
func (u *update) differentiate() (err error) {
	u.trained, u.weights = u.trainer.trainedIn(u.Graph)
	u.grads, err = u.trainer.gradients(u.Value, u.weights)
	return err
}

// trainedIn returns the places of the parameters that the step trains, and their nodes.
func (t *Trainer) trainedIn(g *autodiff.Graph) (places []int, weights []*autodiff.Node) {
	for i, p := range t.params {
		if w := g.Param(p); t.groupOf[i].training {
			places, weights = append(places, i), append(weights, w)
		}
	}
	return places, weights
}

// gradients records those of the weights that a step trains. Other parameters must have
// one all the same, so that what a later step would find is found now.
func (t *Trainer) gradients(value *autodiff.Node, weights []*autodiff.Node) ([]*autodiff.Node, error) {
	for i, p := range t.params {
		m := t.groupOf[i]
		if !m.training && !m.frozen && !value.DependsOn(value.Graph().Param(p)) {
			return nil, fmt.Errorf("optim: %v does not depend on %s, which is trained by later steps", value, p.Name())
		}
	}
	if len(weights) == 0 {
		return nil, nil
	}
	return autodiff.Grad(value, weights...)
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

// follow records what the rules make of the gradients, multiplied by a factor
// unless that is nil.
func (u *update) follow(scale *autodiff.Node) error {
	t := u.trainer
	u.ruled, u.results, u.assigned = len(u.Graph.Nodes()), nil, nil
	values := u.values()
	for k, i := range u.trained {
		m := t.groupOf[i]
		grad := u.grads[k]
		if scale != nil {
			grad = grad.Mul(scale)
		}
		in := u.inputs[slices.Index(t.groups, m)]
		of := Update{W: u.weights[k], G: grad, Slots: u.Params(t.slots[i]), Rate: in.rate, Momentum: in.momentum, Step: m.count(u.step)}
		next, err := u.assign(m.layers[0], of, t.params[i], t.slots[i])
		if err != nil {
			return err
		}
		values[t.params[i]] = next
	}
	u.assigned = append(u.assigned, u.kept...)
	u.average(values)
	return nil
}

// values returns what the parameters hold after the step, but for those that it
// trains: as before, or as the loss assigns it.
func (u *update) values() map[*autodiff.Param]*autodiff.Node {
	values := map[*autodiff.Param]*autodiff.Node{}
	for _, p := range u.trainer.params {
		values[p] = u.Graph.Param(p)
	}
	for p, n := range u.Graph.Assigned() {
		if slices.Contains(u.kept, n) {
			values[p] = n
		}
	}
	return values
}

// assign records what the rule makes of one parameter and its slots, and returns the
// parameter's new value.
func (u *update) assign(rule Rule, of Update, p *autodiff.Param, slots []*autodiff.Param) (*autodiff.Node, error) {
	next, memory := rule.Update(of)
	if next == nil || len(memory) != len(slots) || slices.Contains(memory, nil) {
		return nil, fmt.Errorf("optim: %T.Update returns %v and %d slots %v, want a value and %d slots", rule, next, len(memory), memory, len(slots))
	}
	u.results = append(append(u.results, next), memory...)
	u.assigned = append(u.assigned, u.Graph.Assign(p, next))
	for i, slot := range slots {
		u.assigned = append(u.assigned, u.Graph.Assign(slot, memory[i]))
	}
	return next, nil
}

// feedGroups appends what the rules get at this step.
func (u *update) feedGroups(feeds []autodiff.Feed) []autodiff.Feed {
	for i, in := range u.inputs {
		m := u.trainer.groups[i]
		feeds = append(feeds, in.rate.Feed(m.rate))
		if in.momentum != nil {
			feeds = append(feeds, in.momentum.Feed(m.momentum))
		}
	}
	return feeds
}

// length returns the length of the gradient that the program's last run followed.
func (u *update) length() float64 {
	switch {
	case u.trainer.plain:
		return math.NaN()
	case len(u.trained) == 0:
		return 0
	}
	return math.Sqrt(dense.Element(u.program.Output(1), 0))
}

// finite is an error unless the loss of the program's last run is finite.
func (u *update) finite() error {
	if dense.Finite(dense.Element(u.program.Output(0), 0)) {
		return nil
	}
	return &autodiff.NonFiniteError{}
}

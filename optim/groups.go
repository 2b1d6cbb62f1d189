package optim

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
	"declive/internal/setting"
)

// A Group trains some of the parameters in another way than the rest: by another
// rule, at another rate, at some of the steps only or not at all.
type Group struct {
	Params []*autodiff.Param // its members, and beside them
	Match  string            // those whose names this pattern, of [path.Match], matches

	Rule   Rule    // nil for the trainer's
	Factor float64 // of the learning rate; 0 stands for 1

	Frozen      bool // its parameters stay as they are
	From, Until int  // the first and the last step that change them; 0 for no limit
}

// WithGroups takes parameters out of the hands of the trainer's rule:
//
//	optim.WithGroups(
//		optim.Group{Match: "*/b", Rule: optim.SGD{LearningRate: 0.1}},     // without decay
//		optim.Group{Params: features.Params(), Factor: 0.1, From: 1000}, // frozen at first
//	)
//
// A frozen parameter has no gradient and costs nothing, and neither does any before
// From and after Until: at these steps programs are compiled anew. What a step leaves
// alone is not counted in [Trainer.GradientNorm], and its slots stay as they are. A
// rule counts its steps from From; a schedule counts those of the trainer. It is an
// error of [NewTrainer] if a group has no member, if a parameter is in two groups or
// none of the trainer's, or if nothing is left to train.
func WithGroups(groups ...Group) Option {
	return func(t *Trainer) { t.asked = append(t.asked, groups...) }
}

// members are the parameters that one rule trains.
type members struct {
	layers      []Rule // the rule, then those it is made of
	frozen      bool
	from, until int
	training    bool          // the programs that there are train them
	rate        *tensor.Dense // of the step
	momentum    *tensor.Dense // of the step; nil without a schedule of it
}

// divide makes the members of each group, after those of the trainer's rule.
func (t *Trainer) divide(rule Rule) error {
	t.groups = []*members{{layers: layers(rule)}}
	t.groupOf = make([]*members, len(t.params))
	for i, g := range t.asked {
		m, err := g.members(rule)
		if err == nil {
			err = t.claim(g, m)
		}
		if err != nil {
			return fmt.Errorf("optim: WithGroups: group %d: %w", i, err)
		}
		t.groups = append(t.groups, m)
	}
	left := 0
	for i := range t.groupOf {
		if t.groupOf[i] == nil {
			t.groupOf[i] = t.groups[0]
		}
		if !t.groupOf[i].frozen {
			left++
		}
	}
	if left == 0 {
		return fmt.Errorf("optim: WithGroups: all %d parameters are frozen", len(t.params))
	}
	for _, m := range t.groups {
		if err := check(m.layers); err != nil {
			return err
		}
		m.rate = dense.Zeros(t.precision)
		if schedulesMomentum(m.layers) {
			m.momentum = dense.Zeros(t.precision)
		}
	}
	return nil
}

// members returns what a group asks for, beside the trainer's rule.
func (g Group) members(rule Rule) (*members, error) {
	if g.Rule != nil {
		rule = g.Rule
	}
	switch {
	case g.From < 0 || g.Until < 0 || g.Until > 0 && g.Until < g.From:
		return nil, fmt.Errorf("the steps are from %d until %d, want them in their order, or 0", g.From, g.Until)
	case g.Frozen && (g.Rule != nil || g.Factor != 0 || g.From != 0 || g.Until != 0):
		return nil, fmt.Errorf("it is Frozen, so that Rule, Factor, From and Until have no meaning")
	case g.Factor != 0 && !setting.IsPositive(g.Factor):
		return nil, fmt.Errorf("the factor is %v, want a positive number, or 0 for 1", g.Factor)
	case g.Factor != 0:
		rule = Scheduled(rule, Constant(g.Factor))
	}
	return &members{layers: layers(rule), frozen: g.Frozen, from: g.From, until: g.Until}, nil
}

// claim puts the trainer's parameters that a group names into it.
func (t *Trainer) claim(g Group, m *members) error {
	for _, p := range g.Params {
		if !slices.Contains(t.params, p) {
			return fmt.Errorf("%s is none of the trainer's parameters", nameOf(p))
		}
	}
	found := false
	for i, p := range t.params {
		matched, err := path.Match(g.Match, p.Name())
		if err != nil {
			return fmt.Errorf("the pattern is %q: %w", g.Match, err)
		}
		if !matched && !slices.Contains(g.Params, p) {
			continue
		}
		if t.groupOf[i] != nil {
			return fmt.Errorf("%s is in a group already", p.Name())
		}
		t.groupOf[i], found = m, true
	}
	if !found {
		return fmt.Errorf("the pattern %q and %d listed name none of the trainer's parameters: %s", g.Match, len(g.Params), t.paramNames())
	}
	return nil
}

func nameOf(p *autodiff.Param) string {
	if p == nil {
		return "nil"
	}
	return p.Name()
}

func (t *Trainer) paramNames() string {
	var names []string
	for _, p := range t.params {
		names = append(names, p.Name())
	}
	return strings.Join(names, ", ")
}

// trains reports whether a step changes the members.
func (m *members) trains(step int) bool {
	return !m.frozen && step >= m.from && (m.until == 0 || step <= m.until)
}

// enter makes ready for a step. Where the groups that train change, all programs are
// made anew, so that what a step leaves alone costs it nothing.
func (t *Trainer) enter(step int) {
	changed := false
	for _, m := range t.groups {
		if now := m.trains(step); now != m.training {
			m.training, changed = now, true
		}
	}
	if changed {
		t.training = record.NewCache(t.newUpdate)
		t.ranks.forget()
	}
}

// count returns the number t = 1, 2, … of the step among those that train the members,
// which rules that remember sums begin with.
func (m *members) count(step *autodiff.Node) *autodiff.Node {
	if m.from <= 1 {
		return step
	}
	return step.SubScalar(float64(m.from - 1))
}

// record records the inputs of a group's rule.
func (m *members) record(g *autodiff.Graph, group int) groupInputs {
	of := ""
	if group > 0 {
		of = fmt.Sprintf(" of group %d", group-1)
	}
	in := groupInputs{rate: g.Input("learning rate" + of)}
	if m.momentum != nil {
		in.momentum = g.Input("momentum" + of)
	}
	return in
}

// setRates sets the learning rate and the momentum of each group for a step.
func (t *Trainer) setRates(step int) error {
	for _, m := range t.groups {
		rate, err := rateAt(m.layers, step)
		if err != nil {
			return err
		}
		dense.SetElement(m.rate, 0, rate*t.factor)
		if m.momentum == nil {
			continue
		}
		mu, err := momentumAt(m.layers, step)
		if err != nil {
			return err
		}
		dense.SetElement(m.momentum, 0, mu)
	}
	return nil
}

// ruleNames lists the types that the rules are made of, of each group.
func (t *Trainer) ruleNames() string {
	var groups []string
	for _, m := range t.groups {
		var names []string
		for _, r := range m.layers {
			names = append(names, fmt.Sprintf("%T", r))
		}
		groups = append(groups, strings.Join(names, " of "))
	}
	return strings.Join(groups, ", ")
}

package optim_test

import (
	"context"
	"iter"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/optim"
	"declive/optim/internal/sample"
)

// trainer returns one of a linear model of three inputs and two classes.
func trainer(t *testing.T, options ...optim.Option) *optim.Trainer {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.Adam{LearningRate: 0.1}, options...)
	require.NoError(t, err)
	return tr
}

type (
	noSlots     struct{ optim.SGD }
	noUpdate    struct{ optim.SGD }
	tooFewSlots struct{ optim.Momentum }
)

func (noSlots) Slots() int                                                           { return -1 }
func (noUpdate) Update(optim.Update) (*autodiff.Node, []*autodiff.Node)              { return nil, nil }
func (tooFewSlots) Update(u optim.Update) (w *autodiff.Node, slots []*autodiff.Node) { return u.W, nil }

func trainerCalls(t *testing.T) []exported.Call {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	rule := optim.SGD{LearningRate: 1}
	none := func(*autodiff.Node) *autodiff.Node { return nil }
	data := sample.NewPoints(sample.Rand(), 4, 3, 2).Minibatches(0, nil)
	made := func(rule optim.Rule, options ...optim.Option) func() error {
		return func() error { _, err := optim.NewTrainer(m.Softmax, m.Params(), rule, options...); return err }
	}
	evaluate := func(tr *optim.Trainer, batches iter.Seq[autodiff.Batch]) func() error {
		return func() error { _, err := tr.Evaluate(batches); return err }
	}
	first := func(loss autodiff.LossFunc, rule optim.Rule) func() error { // of the steps
		return func() error {
			tr, err := optim.NewTrainer(loss, m.Params(), rule)
			require.NoError(t, err, "documented to be an error of the first step")
			_, err = tr.Step(sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1))
			return err
		}
	}
	calls := []exported.Call{
		{Of: "NewTrainer", With: "nil rule", Do: made(nil)},
		{Of: "NewTrainer", With: "nil option", Do: made(rule, nil)},
		{Of: "NewTrainer", With: "negative slots", Do: made(noSlots{rule})},
		{Of: "WithGroups", With: "nothing", Do: made(rule, optim.WithGroups()), Accepted: true},
		{Of: "WithGroups", With: "a param in two", Do: made(rule, optim.WithGroups(optim.Group{Match: "W", Frozen: true}, optim.Group{Match: "*", Factor: 2}))},
		{Of: "WithAverage", With: "0", Do: made(rule, optim.WithAverage(0))},
		{Of: "WithAverage", With: "1", Do: made(rule, optim.WithAverage(1))},
		{Of: "WithAverage", With: "NaN", Do: made(rule, optim.WithAverage(math.NaN()))},
		{Of: "WithMetric", With: "no scores", Do: made(rule, optim.WithMetric("m", func() optim.Metric { return nil }))},
		{Of: "WithMetric", With: "no name", Do: made(rule, optim.WithScores(m.Forward), optim.WithMetric("", func() optim.Metric { return nil }))},
		{Of: "WithMetric", With: "nil function", Do: made(rule, optim.WithScores(m.Forward), optim.WithMetric("m", nil))},
		{Of: "WithMetric", With: "a name twice", Do: made(rule, optim.WithScores(m.Forward),
			optim.WithMetric("m", func() optim.Metric { return nil }), optim.WithMetric("m", func() optim.Metric { return nil }))},
		{Of: "WithMetric", With: "a nil metric", Do: evaluate(trainer(t, optim.WithScores(m.Forward), optim.WithMetric("m", func() optim.Metric { return nil })), data)},
		{Of: "WithLookahead", With: "0 steps", Do: made(rule, optim.WithLookahead(0, optim.Constant(0.5)))},
		{Of: "WithLookahead", With: "nil decay", Do: made(rule, optim.WithLookahead(5, nil))},
		{Of: "WithLookahead", With: "a decay of NaN", Do: made(rule, optim.WithLookahead(5, optim.Constant(math.NaN())))},
		{Of: "WithLookahead", With: "another average", Do: made(rule, optim.WithLookahead(5, optim.Constant(0.5)), optim.WithAverage(0.9))},
		{Of: "WithClipNorm", With: "0", Do: made(rule, optim.WithClipNorm(0))},
		{Of: "WithClipNorm", With: "NaN", Do: made(rule, optim.WithClipNorm(math.NaN()))},
		{Of: "WithClipNorm", With: "no norm", Do: made(rule, optim.WithClipNorm(1), optim.WithoutGradientNorm())},
		{Of: "WithRanks", With: "nil", Do: made(rule, optim.WithRanks(nil))},
		{Of: "WithScores", With: "nil model", Do: made(rule, optim.WithScores(nil))},
		{Of: "WithScores", With: "a model that returns nil", Do: evaluate(trainer(t, optim.WithScores(none)), data)},
		{Of: "Trainer.Step", With: "a rule without update", Do: first(m.Softmax, noUpdate{rule})},
		{Of: "Trainer.Step", With: "a rule that forgets its slots", Do: first(m.Softmax, tooFewSlots{optim.Momentum{LearningRate: 1}})},
		{Of: "Trainer.Evaluate", With: "nil sequence", Do: evaluate(trainer(t), nil)},
	}
	other := sample.NewLinear(sample.Rand(), 3, 2)
	for name, g := range map[string]optim.Group{
		"no member": {}, "a pattern that nothing matches": {Match: "x*"}, "a broken pattern": {Match: "["},
		"a nil param": {Params: []*autodiff.Param{nil}}, "another's param": {Params: other.Params()},
		"negative From": {Match: "W", From: -1}, "Until before From": {Match: "W", From: 3, Until: 2},
		"a frozen rule": {Match: "W", Frozen: true, Rule: rule}, "NaN Factor": {Match: "W", Factor: math.NaN()},
		"negative Factor": {Match: "W", Factor: -1}, "all frozen": {Match: "*", Frozen: true},
		"a rule without meaning": {Match: "W", Rule: optim.SGD{}}, "negative slots": {Match: "W", Rule: noSlots{rule}},
	} {
		calls = append(calls, exported.Call{Of: "WithGroups", With: name, Do: made(rule, optim.WithGroups(g))})
	}
	for name, s := range foreignStates(t) {
		calls = append(calls, exported.Call{Of: "Trainer.Restore", With: name, Do: func() error { return trainer(t).Restore(s) }})
	}
	for name, params := range sample.Disturbed() {
		calls = append(calls, exported.Call{Of: "NewTrainer", With: name, Do: func() error { _, err := optim.NewTrainer(m.Softmax, params, rule); return err }})
	}
	for name, loss := range sample.Lossless(m.W) {
		calls = append(calls,
			exported.Call{Of: "Trainer.Step", With: name, Do: first(loss, rule)},
			exported.Call{Of: "Trainer.Evaluate", With: name, Do: func() error {
				tr, err := optim.NewTrainer(loss, m.Params(), rule)
				require.NoError(t, err)
				return evaluate(tr, data)()
			}})
	}
	for name, b := range sample.Unreadable() {
		calls = append(calls,
			exported.Call{Of: "Trainer.Step", With: name, Do: func() error { _, err := trainer(t).Step(b); return err }},
			exported.Call{Of: "Trainer.Evaluate", With: name, Do: evaluate(trainer(t, optim.WithScores(m.Forward)), sample.One(b))})
	}
	return calls
}

// foreignStates are no states of the trainer that trainer returns.
func foreignStates(t *testing.T) map[string]*optim.State {
	with := func(change func(s *optim.State)) *optim.State {
		s, err := trainer(t).State()
		require.NoError(t, err)
		change(s)
		return s
	}
	return map[string]*optim.State{
		"nil": nil, "an empty state": {},
		"another rule":     with(func(s *optim.State) { s.Rule = "optim.SGD" }),
		"negative steps":   with(func(s *optim.State) { s.Steps = -1 }),
		"a value too few":  with(func(s *optim.State) { s.Values = s.Values[1:] }),
		"a value too many": with(func(s *optim.State) { s.Values = append(s.Values, autodiff.Named{Name: "v", Value: sample.Scalar(1)}) }),
		"a value twice":    with(func(s *optim.State) { s.Values = append(s.Values, s.Values[0]) }),
		"another shape":    with(func(s *optim.State) { s.Values[0].Value = sample.Scalar(1) }),
		"single precision": with(func(s *optim.State) { s.Values[0].Value = sample.Single(s.Values[0].Value) }),
		"a nil tensor":     with(func(s *optim.State) { s.Values[0].Value = nil }),
		"a nil best value": with(func(s *optim.State) { s.Values = append(s.Values, autodiff.Named{Name: "best/parameters/W"}) }),
	}
}

// A lazy is a data set that does not do what it should.
type lazy struct{ n int }

func (l lazy) Len() int                                           { return l.n }
func (lazy) Minibatches(int, *rand.Rand) iter.Seq[autodiff.Batch] { return nil }

func fitCalls(t *testing.T) []exported.Call {
	data := sample.NewPoints(sample.Rand(), 4, 3, 2)
	var nowhere context.Context
	fit := func(ctx context.Context, data optim.Data, plan optim.Plan) func() error {
		return func() error { _, err := trainer(t).Fit(ctx, data, plan); return err }
	}
	return []exported.Call{
		{Of: "Trainer.Fit", With: "nil context", Do: fit(nowhere, data, optim.Plan{Epochs: 1})},
		{Of: "Trainer.Fit", With: "nil data", Do: fit(t.Context(), nil, optim.Plan{Epochs: 1})},
		{Of: "Trainer.Fit", With: "no plan", Do: fit(t.Context(), data, optim.Plan{})},
		{Of: "Trainer.Fit", With: "no examples", Do: fit(t.Context(), lazy{0}, optim.Plan{Epochs: 1})},
		{Of: "Trainer.Fit", With: "negative number of examples", Do: fit(t.Context(), lazy{-1}, optim.Plan{Epochs: 1})},
		{Of: "Trainer.Fit", With: "nil minibatches", Do: fit(t.Context(), lazy{3}, optim.Plan{Epochs: 1})},
		{Of: "Trainer.Fit", With: "negative epochs", Do: fit(t.Context(), data, optim.Plan{Epochs: -1})},
		{Of: "Trainer.Fit", With: "negative batch size", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, BatchSize: -1})},
		{Of: "Trainer.Fit", With: "nil rng", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, BatchSize: 2})},
		{Of: "Trainer.Fit", With: "huge batch size", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, BatchSize: math.MaxInt, Rand: sample.Rand()}), Accepted: true},
		{Of: "Trainer.Fit", With: "patience without validation", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Patience: 1})},
		{Of: "Trainer.Fit", With: "a plateau without validation", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Plateau: optim.Plateau{Patience: 1, Factor: 0.5}})},
		{Of: "Trainer.Fit", With: "a plateau without patience", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Validation: data.Minibatches(0, nil), Plateau: optim.Plateau{Factor: 0.5}})},
		{Of: "Trainer.Fit", With: "a plateau that rises", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Validation: data.Minibatches(0, nil), Plateau: optim.Plateau{Patience: 1, Factor: 2}})},
		{Of: "Trainer.Fit", With: "a plateau with a NaN floor", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Validation: data.Minibatches(0, nil), Plateau: optim.Plateau{Patience: 1, Factor: 0.5, Floor: math.NaN()}})},
		{Of: "Trainer.Fit", With: "negative accumulation", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, BatchSize: 2, Rand: sample.Rand(), Accumulate: -1})},
		{Of: "Trainer.Fit", With: "nothing to accumulate", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Accumulate: 2})},
		{Of: "Accumulate", With: "0 batches", Do: exported.Panics(func() { optim.Accumulate(data.Minibatches(2, sample.Rand()), 0) })},
		{Of: "Accumulate", With: "nil sequence", Do: exported.Panics(func() { optim.Accumulate(nil, 2) })},
		{Of: "Trainer.Fit", With: "negative patience", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Patience: -1})},
		{Of: "Trainer.Fit", With: "NaN MinDelta", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Patience: 1, Validation: data.Minibatches(0, nil), MinDelta: math.NaN()})},
		{Of: "Trainer.Fit", With: "MinDelta without patience", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, MinDelta: 1})},
		{Of: "Trainer.Fit", With: "a watch that is NaN", Do: fit(t.Context(), data, optim.Plan{Epochs: 1, Patience: 1, Watch: func(optim.Epoch) float64 { return math.NaN() }})},
		{Of: "Trainer.Fit", With: "patience and epochs that are huge", Do: fit(t.Context(), data, optim.Plan{
			Epochs: math.MaxInt, Patience: math.MaxInt, Validation: data.Minibatches(0, nil), OnEpoch: func(optim.Epoch) error { return optim.ErrStop }}), Accepted: true},
	}
}

// unmadeCalls are of trainers that NewTrainer has not made.
func unmadeCalls(t *testing.T) []exported.Call {
	data := sample.NewPoints(sample.Rand(), 4, 3, 2)
	var calls []exported.Call
	for name, tr := range map[string]*optim.Trainer{"a nil trainer": nil, "an empty trainer": {}} {
		calls = append(calls,
			exported.Call{Of: "Trainer.Step", With: name, Do: func() error { _, err := tr.Step(data.All()); return err }},
			exported.Call{Of: "Trainer.Evaluate", With: name, Do: func() error { _, err := tr.Evaluate(sample.One(data.All())); return err }},
			exported.Call{Of: "Trainer.Fit", With: name, Do: func() error { _, err := tr.Fit(t.Context(), data, optim.Plan{Epochs: 1}); return err }},
			exported.Call{Of: "Trainer.State", With: name, Do: func() error { _, err := tr.State(); return err }},
			exported.Call{Of: "Trainer.Restore", With: name, Do: func() error { return tr.Restore(&optim.State{}) }},
			exported.Call{Of: "Trainer.TakeAverage", With: name, Do: exported.Panics(func() { tr.TakeAverage() }), Accepted: true},
			exported.Call{Of: "Trainer.Steps", With: name, Do: exported.Panics(func() { tr.Steps() }), Accepted: true},
			exported.Call{Of: "Trainer.GradientNorm", With: name, Do: exported.Panics(func() { tr.GradientNorm() }), Accepted: true})
	}
	return calls
}

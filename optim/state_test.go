package optim_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// A memory keeps states, and fails after a number of steps.
type memory struct {
	every, until int
	saved        *optim.State
	saves        int
}

var errKilled = errors.New("killed")

func (m *memory) Latest() (*optim.State, error) { return m.saved, nil }
func (m *memory) Due(steps int) bool            { return steps%m.every == 0 }
func (m *memory) Save(s *optim.State) error {
	m.saved, m.saves = s, m.saves+1
	if s.Steps == m.until {
		return errKilled
	}
	return nil
}

// A run is one process that trains: everything is made anew in it.
type run struct {
	centred
	trainer *optim.Trainer
}

func newRun(t *testing.T, rule optim.Rule) run {
	m := newCentred()
	// the step in the loss, as a generator of noise would have it
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return m.Forward(x).Softplus().Mean().Add(g.Given("step").Sin().Mul(g.Param(m.W).Square().Sum()).MulScalar(0.01))
	}
	tr, err := optim.NewTrainer(loss, m.Params(), rule)
	require.NoError(t, err)
	return run{m, tr}
}

func (r run) fit(ctx context.Context, m *memory) ([]optim.Epoch, error) {
	data := sample.NewPoints(sample.Rand(), 7, 2, 2)
	plan := optim.Plan{Epochs: 5, BatchSize: 2, Rand: sample.Rand(), Patience: 2, Validation: data.Minibatches(0, nil)}
	if m != nil {
		plan.Saver = m
	}
	epochs, err := r.trainer.Fit(ctx, data, plan)
	for i := range epochs {
		epochs[i].Elapsed = 0
		assertNaN(&epochs[i].Validation.Accuracy)
	}
	return epochs, err
}

// assertNaN makes a NaN comparable.
func assertNaN(x *float64) {
	if math.IsNaN(*x) {
		*x = -1
	}
}

// bits returns everything that a run has come to.
func (r run) bits(t *testing.T) string {
	s, err := r.trainer.State()
	require.NoError(t, err)
	out := fmt.Sprintln(s.Steps)
	for _, v := range s.Values {
		out += fmt.Sprintln(v.Name, v.Value.Float64s())
	}
	return out
}

// A training that ends after any of its steps, and is begun anew with what was
// saved at most so many steps before, comes to the same bits.
func TestFitGoesOn(t *testing.T) {
	rules := []optim.Rule{
		optim.SGD{LearningRate: 0.1},
		optim.Scheduled(optim.Momentum{LearningRate: 0.1, Momentum: 0.9}, optim.Cosine(20, 0.1)),
		optim.Adam{LearningRate: 0.1},
	}
	for _, rule := range rules {
		whole := newRun(t, rule)
		epochs, err := whole.fit(t.Context(), nil)
		require.NoError(t, err)
		want := whole.bits(t)
		for until := 1; until <= 20; until++ {
			m := &memory{every: 1, until: until}
			_, err := newRun(t, rule).fit(t.Context(), m)
			if m.saves < until {
				break // patience was at its end
			}
			require.ErrorIs(t, err, errKilled)
			m.until = 0
			again := newRun(t, rule)
			resumed, err := again.fit(t.Context(), m)
			require.NoError(t, err)
			assert.Equal(t, epochs, resumed, "%T after %d steps", rule, until)
			assert.Equal(t, want, again.bits(t), "%T after %d steps", rule, until)

			ended := newRun(t, rule) // what has ended is not trained again
			resumed, err = ended.fit(t.Context(), m)
			require.NoError(t, err)
			assert.Equal(t, epochs, resumed)
			assert.Equal(t, want, ended.bits(t))
		}
	}
}

// Steps between two saves are taken again.
func TestFitGoesOnFromTheLastSave(t *testing.T) {
	rule := optim.Momentum{LearningRate: 0.1, Momentum: 0.9}
	whole := newRun(t, rule)
	_, err := whole.fit(t.Context(), nil)
	require.NoError(t, err)
	m := &memory{every: 3, until: 9}
	_, err = newRun(t, rule).fit(t.Context(), m)
	require.ErrorIs(t, err, errKilled)
	assert.Equal(t, 3, m.saves)
	m.until = 0
	again := newRun(t, rule)
	_, err = again.fit(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, whole.bits(t), again.bits(t))
}

// A training that is interrupted saves where it is.
func TestFitSavesWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := newRun(t, optim.SGD{LearningRate: 0.1})
	m := &memory{every: math.MaxInt}
	data := sample.NewPoints(sample.Rand(), 7, 2, 2)
	_, err := r.trainer.Fit(ctx, data, optim.Plan{Epochs: 2, BatchSize: 2, Rand: sample.Rand(), Saver: m,
		OnEpoch: func(optim.Epoch) error { cancel(); return nil }})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, m.saves, "between two epochs")
	assert.Equal(t, 4, m.saved.Steps)
	_, err = r.trainer.Fit(ctx, data, optim.Plan{Epochs: 2, BatchSize: 2, Rand: sample.Rand(), Saver: m})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, 4, r.trainer.Steps(), "no step is taken when there is no time")

	ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	r = newRun(t, optim.SGD{LearningRate: 0.1})
	_, err = r.trainer.Fit(ctx, data, optim.Plan{Epochs: math.MaxInt / 100, BatchSize: 2, Rand: sample.Rand(), Saver: m})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Equal(t, r.trainer.Steps(), m.saved.Steps)
}

func TestFitRefusesAnotherPlace(t *testing.T) {
	rule := optim.SGD{LearningRate: 0.1}
	m := &memory{every: 1, until: 6}
	_, err := newRun(t, rule).fit(t.Context(), m)
	require.ErrorIs(t, err, errKilled)
	other := newRun(t, rule)
	for name, plan := range map[string]optim.Plan{
		"another order":      {Epochs: 5, BatchSize: 2, Rand: sample.Rand(), Saver: m},
		"another batch size": {Epochs: 5, BatchSize: 6, Rand: sample.Rand(), Saver: m},
	} {
		data := sample.NewPoints(sample.Rand(), 7, 2, 2)
		if name == "another order" {
			plan.Rand.Uint64()
		}
		_, err = other.trainer.Fit(t.Context(), data, plan)
		assert.ErrorContains(t, err, "optim: Fit: the saved state was left in another order of the data", name)
	}
}

func TestRestoreNamesTheDifference(t *testing.T) {
	for name, want := range map[string]string{
		"another rule":     "optim: Restore: the state was left by the rule optim.SGD, but the trainer has optim.Adam",
		"a value too few":  "optim: Restore: the trainer has parameters/W (2, 3), which the state has not",
		"a value too many": "optim: Restore: the state has v, which the trainer has not",
		"another shape":    "optim: Restore: parameters/W has the shape () in the state and (2, 3) in the trainer",
		"single precision": "optim: Restore: parameters/W: elements are float32, want float64",
	} {
		assert.EqualError(t, trainer(t).Restore(foreignStates(t)[name]), want)
	}
}

// Values of the loss wait for its recording, and are not lost before.
func TestRestoreBeforeTheFirstStep(t *testing.T) {
	r := newRun(t, optim.SGD{LearningRate: 0.1})
	b := sample.NewPoints(sample.Rand(), 7, 2, 2).All()
	_, err := r.trainer.Step(b)
	require.NoError(t, err)
	s, err := r.trainer.State()
	require.NoError(t, err)
	again := newRun(t, optim.SGD{LearningRate: 0.1})
	require.NoError(t, again.trainer.Restore(s))
	assert.Equal(t, r.bits(t), again.bits(t))
	was, err := r.trainer.Evaluate(sample.One(b))
	require.NoError(t, err)
	is, err := again.trainer.Evaluate(sample.One(b))
	require.NoError(t, err)
	assert.Equal(t, was.Loss, is.Loss, "with the running mean")
	for _, one := range []run{r, again} {
		_, err = one.trainer.Step(b)
		require.NoError(t, err)
	}
	assert.Equal(t, r.bits(t), again.bits(t))
	assert.Equal(t, r.running.Value().Float64s(), again.running.Value().Float64s())
}

// A gradient beyond the squares of float64 leaves nothing behind that a state has not.
func TestRestoreAfterAnExtremeGradient(t *testing.T) {
	rng := sample.Rand()
	for range 20 {
		huge, usual := sample.Normal(rng, 7), sample.Normal(rng, 7)
		for i := range huge {
			huge[i] *= 1e200
		}
		build := func() (*autodiff.Param, *optim.Trainer) {
			w := autodiff.NewParam("w", sample.Vector(make([]float64, 7)...))
			loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Mul(x.Graph().Param(w)).Sum() }
			tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithClipNorm(0.7))
			require.NoError(t, err)
			return w, tr
		}
		w, first := build()
		_, err := first.Step(autodiff.Batch{X: sample.Vector(huge...)})
		require.NoError(t, err)
		s, err := first.State()
		require.NoError(t, err)
		v, again := build()
		require.NoError(t, again.Restore(s))
		for _, tr := range []*optim.Trainer{first, again} {
			_, err = tr.Step(autodiff.Batch{X: sample.Vector(usual...)})
			require.NoError(t, err)
		}
		assert.Equal(t, w.Value().Float64s(), v.Value().Float64s())
		assert.Equal(t, first.GradientNorm(), again.GradientNorm())
	}
}

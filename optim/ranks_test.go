package optim_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/dist"
	"declive/internal/dense"
	"declive/optim"
	"declive/optim/internal/sample"
)

// together runs f once for each of n ranks and returns what each returns.
func together[T any](t *testing.T, n int, f func(c dist.Comm) (T, error)) ([]T, []error) {
	ranks, err := dist.Goroutines(n)
	require.NoError(t, err)
	results, errs := make([]T, n), make([]error, n)
	var all sync.WaitGroup
	for i, c := range ranks {
		all.Go(func() { results[i], errs[i] = f(c) })
	}
	all.Wait()
	return results, errs
}

// What a training comes to.
type outcome struct {
	values []autodiff.Named
	epochs []optim.Epoch
	norm   float64
}

// trained fits a model of two layers, with running means, to 23 examples.
func trained(c dist.Comm, rule optim.Rule, single bool, options ...optim.Option) (outcome, error) {
	data := sample.NewPoints(sample.Rand(), 23, 3, 3)
	data.Single = single
	hidden, last := sample.NewLinear(sample.Rand(), 3, 5), sample.NewLinear(sample.Rand(), 5, 3)
	hidden.W, hidden.B = renamed("hidden/W", hidden.W), renamed("hidden/b", hidden.B)
	params := append(hidden.Params(), last.Params()...)
	for _, p := range params {
		if single {
			p.Convert(tensor.Float32)
		}
	}
	model := func(x *autodiff.Node) *autodiff.Node { return last.Forward(hidden.Forward(x).Tanh()) }
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		noise := g.Given("step").Sin().MulScalar(0.01)
		return sample.CrossEntropy(model(x), y).Add(g.Param(last.W).Square().Sum().Mul(noise))
	}
	options = append(options, optim.WithScores(model))
	if c != nil {
		options = append(options, optim.WithRanks(c))
	}
	tr, err := optim.NewTrainer(loss, params, rule, options...)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{}
	o.epochs, err = tr.Fit(context.Background(), data, optim.Plan{Epochs: 3, BatchSize: 9, Rand: sample.Rand(), Validation: data.Minibatches(4, sample.Rand())})
	if err != nil {
		return o, err
	}
	s, err := tr.State()
	o.values, o.norm = s.Values, tr.GradientNorm()
	return o, err
}

func renamed(name string, p *autodiff.Param) *autodiff.Param {
	return autodiff.NewParam(name, p.Value())
}

// Ranks come to what one process comes to, to rounding, and to the same bits among
// them, and again the same bits in another run.
func TestRanksTrainAsOne(t *testing.T) {
	rules := []optim.Rule{
		optim.SGD{LearningRate: 0.1},
		optim.Scheduled(optim.Momentum{LearningRate: 0.1, Momentum: 0.9}, optim.Cosine(9, 0.1)),
		optim.Adam{LearningRate: 0.05},
	}
	options := map[string][]optim.Option{
		"plainly":     nil,
		"clipped":     {optim.WithClipNorm(0.2)},
		"without":     {optim.WithoutGradientNorm()},
		"looking":     {optim.WithLookahead(3, optim.Constant(0.5))},
		"with means":  {optim.WithAverage(0.9)},
		"with groups": {optim.WithGroups(optim.Group{Match: "hidden/*", Factor: 0.5, From: 3}, optim.Group{Match: "b", Frozen: true})},
	}
	for name, with := range options {
		for _, rule := range rules {
			for _, single := range []bool{false, true} {
				whole, err := trained(nil, rule, single, with...)
				require.NoError(t, err)
				for ranks := 1; ranks <= 4; ranks++ {
					what := fmt.Sprintf("%T %s, float32 %v, on %d ranks", rule, name, single, ranks)
					run := func(c dist.Comm) (outcome, error) { return trained(c, rule, single, with...) }
					first, errs := together(t, ranks, run)
					require.NoError(t, errors.Join(errs...), what)
					again, _ := together(t, ranks, run)
					near(t, whole, first[0], single, what)
					for _, o := range append(first[1:], again...) {
						require.Equal(t, fmt.Sprint(first[0].values), fmt.Sprint(o.values), what)
					}
				}
			}
		}
	}
}

// near compares what one process and ranks have come to.
func near(t *testing.T, want, got outcome, single bool, what string) {
	tolerance := 1e-12
	if single {
		tolerance = 2e-5
	}
	require.Len(t, got.values, len(want.values))
	for i, v := range want.values {
		require.InDeltaSlice(t, dense.Floats(v.Value), dense.Floats(got.values[i].Value), tolerance, "%s: %s", what, v.Name)
	}
	for i, e := range want.epochs {
		assert.Equal(t, e.Examples, got.epochs[i].Examples, what)
		assert.InDelta(t, e.Loss, got.epochs[i].Loss, tolerance, what)
		assert.InDelta(t, e.Validation.Loss, got.epochs[i].Validation.Loss, tolerance, what)
		assert.Equal(t, e.Validation.Accuracy, got.epochs[i].Validation.Accuracy, what)
	}
	if !math.IsNaN(want.norm) {
		assert.InDelta(t, want.norm, got.norm, tolerance, what)
	}
}

// Running means are averaged, ranks without examples take part, and what ranks begin
// with is rank 0's.
func TestRanksKeepWhatTheLossAssigns(t *testing.T) {
	type end struct{ state, running []float64 }
	train := func(c dist.Comm) (end, error) {
		m := newCentred()
		if c != nil && c.Rank() > 0 {
			m.W.Value().Zero() // another beginning
		}
		var options []optim.Option
		if c != nil {
			options = append(options, optim.WithRanks(c))
		}
		loss := func(x, y *autodiff.Node) *autodiff.Node { return m.Forward(x).Square().Mean() }
		tr, err := optim.NewTrainer(loss, m.Params(), optim.SGD{LearningRate: 0.01}, options...)
		if err != nil {
			return end{}, err
		}
		data := sample.NewPoints(sample.Rand(), 9, 2, 2) // batches of 4, 4 and 1
		_, err = tr.Fit(context.Background(), data, optim.Plan{Epochs: 2, BatchSize: 4, Rand: sample.Rand()})
		return end{dense.Floats(m.W.Value()), dense.Floats(m.running.Value())}, err
	}
	for ranks := 2; ranks <= 4; ranks++ {
		ends, errs := together(t, ranks, train)
		require.NoError(t, errors.Join(errs...))
		for _, e := range ends[1:] {
			assert.Equal(t, ends[0], e)
		}
		for _, v := range append(ends[0].state, ends[0].running...) {
			assert.True(t, dense.Finite(v))
		}
		assert.NotZero(t, ends[0].state[0], "the weights of rank 0")
		assert.NotZero(t, ends[0].running[0])
	}
}

// What is wrong on one rank is an error of all, in the same step.
func TestRanksFailTogether(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 12, 3, 2)
	for name, c := range map[string]struct {
		spoil func(b autodiff.Batch)
		own   string
		other string
	}{
		"an input that is NaN":      {func(b autodiff.Batch) { b.X.Float64s()[4] = math.NaN() }, `optim: step 2: .*examples`, `^optim: step 2: rank 1 has failed$`},
		"a label too large":         {func(b autodiff.Batch) { b.Y.Ints()[1] = 7 }, `optim: step 2: .*label`, `^optim: step 2: rank 1 has failed$`},
		"a loss that is not finite": {func(b autodiff.Batch) { b.X.Float64s()[4] = 1e300 }, `optim: step 2: loss is (NaN|.Inf)`, `^optim: step 2: loss is (NaN|.Inf)$`},
	} {
		type seen struct{ before, after []float64 }
		got, errs := together(t, 3, func(c2 dist.Comm) (seen, error) {
			m := sample.NewLinear(sample.Rand(), 3, 2)
			loss := func(x, y *autodiff.Node) *autodiff.Node { return m.Softmax(x.Square(), y) }
			tr, err := optim.NewTrainer(loss, m.Params(), optim.SGD{LearningRate: 0.1}, optim.WithRanks(c2))
			if err != nil {
				return seen{}, err
			}
			b := data.Batch(3*c2.Rank(), 3*c2.Rank()+1, 3*c2.Rank()+2)
			if _, err := tr.Step(b); err != nil {
				return seen{}, err
			}
			s := seen{before: dense.Floats(m.W.Value())}
			if c2.Rank() == 1 {
				c.spoil(b)
			}
			_, err = tr.Step(b)
			s.after = dense.Floats(m.W.Value())
			return s, err
		})
		for rank, err := range errs {
			require.Error(t, err, name)
			want := c.other
			if rank == 1 {
				want = c.own
			}
			assert.Regexp(t, want, err.Error(), "%s: rank %d", name, rank)
			assert.Equal(t, got[rank].before, got[rank].after, "%s: nothing is changed", name)
		}
	}
}

// Ranks whose parameters have become different say so.
func TestRanksNoticeADifference(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 12, 3, 2)
	_, errs := together(t, 3, func(c dist.Comm) (int, error) {
		m := sample.NewLinear(sample.Rand(), 3, 2)
		tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.SGD{LearningRate: 0.1}, optim.WithRanks(c))
		if err != nil {
			return 0, err
		}
		for step := 1; step <= 100; step++ {
			if step == 40 && c.Rank() == 2 {
				m.W.Value().Float64s()[1] += 1e-9
			}
			if _, err := tr.Step(data.Batch(c.Rank(), 3)); err != nil {
				return step, err
			}
		}
		return 100, nil
	})
	for _, err := range errs {
		assert.EqualError(t, err, "optim: step 100: rank 2 has other parameters or slots than rank 0")
	}
}

// A training that two ranks have begun goes on with any number, from what rank 0 has
// saved, and comes to what one process comes to.
func TestRanksGoOnWithOthers(t *testing.T) {
	rule := optim.Momentum{LearningRate: 0.1, Momentum: 0.9}
	train := func(c dist.Comm, m *memory) (outcome, error) {
		model := sample.NewLinear(sample.Rand(), 2, 2)
		mean := autodiff.NewParam("mean", sample.Vector(0, 0))
		loss := func(x, y *autodiff.Node) *autodiff.Node {
			if g := x.Graph(); g.Training() { // of the examples so far
				g.Assign(mean, g.Param(mean).MulScalar(0.9).Add(x.Sum(0).DivScalar(10*float64(x.Shape()[0]))))
			}
			return model.Softmax(x, y)
		}
		tr, err := optim.NewTrainer(loss, model.Params(), rule, optim.WithRanks(c))
		if err != nil {
			return outcome{}, err
		}
		data := sample.NewPoints(sample.Rand(), 10, 2, 2)
		plan := optim.Plan{Epochs: 4, BatchSize: 4, Rand: sample.Rand(), Validation: data.Minibatches(0, nil), Patience: 3}
		if m != nil && c.Rank() == 0 {
			plan.Saver = m
		}
		o := outcome{}
		o.epochs, err = tr.Fit(context.Background(), data, plan)
		s, _ := tr.State()
		o.values = s.Values
		return o, err
	}
	whole, errs := together(t, 1, func(c dist.Comm) (outcome, error) { return train(c, nil) })
	require.NoError(t, errors.Join(errs...))
	for until := 1; until < 12; until++ {
		for _, ranks := range []int{1, 3, 4} {
			m := &memory{every: 1, until: until}
			_, errs := together(t, 2, func(c dist.Comm) (outcome, error) { return train(c, m) })
			require.ErrorIs(t, errs[0], errKilled)
			require.ErrorContains(t, errs[1], "rank 0 has failed")
			m.until = 0
			ends, errs := together(t, ranks, func(c dist.Comm) (outcome, error) { return train(c, m) })
			require.NoError(t, errors.Join(errs...), "after %d steps", until)
			for i, v := range ends[0].values {
				require.InDeltaSlice(t, dense.Floats(whole[0].values[i].Value), dense.Floats(v.Value), 1e-12, "%s after %d steps", v.Name, until)
			}
			require.Len(t, ends[0].epochs, len(whole[0].epochs))
		}
	}
}

// A context that ends on one rank ends the training of all after the same step, and
// rank 0 saves.
func TestRanksEndTogether(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := &memory{every: math.MaxInt}
	steps, errs := together(t, 3, func(c dist.Comm) (int, error) {
		mine := context.Background()
		plan := optim.Plan{Epochs: 50, BatchSize: 4, Rand: sample.Rand()}
		if c.Rank() == 2 {
			mine = ctx
			plan.OnEpoch = func(e optim.Epoch) error {
				if e.Number == 3 {
					cancel()
				}
				return nil
			}
		}
		if c.Rank() == 0 {
			plan.Saver = m
		}
		tr := trainer(t, optim.WithRanks(c))
		_, err := tr.Fit(mine, sample.NewPoints(sample.Rand(), 7, 3, 2), plan)
		return tr.Steps(), err
	})
	for rank, err := range errs {
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, steps[0], steps[rank])
	}
	require.NotNil(t, m.saved)
	assert.Equal(t, steps[0], m.saved.Steps)
}

func TestRanksRefuse(t *testing.T) {
	for name, c := range map[string]struct {
		data func(rank int) optim.Data
		plan func(rank int) optim.Plan
		want string
	}{
		"batches too small": {
			func(int) optim.Data { return sample.NewPoints(sample.Rand(), 7, 3, 2) },
			func(int) optim.Plan { return optim.Plan{Epochs: 1, BatchSize: 2, Rand: sample.Rand()} },
			"optim: Fit: batches of 2 examples for 3 ranks, want at least one for each",
		},
		"other data": {
			func(rank int) optim.Data { return sample.NewPoints(sample.Rand(), 7+rank/2, 3, 2) },
			func(int) optim.Plan { return optim.Plan{Epochs: 1, BatchSize: 3, Rand: sample.Rand()} },
			"optim: Fit: rank 2 has other data, batches or random numbers than rank 0; make Data and Plan alike on all, with the same seed",
		},
		"another seed": {
			func(int) optim.Data { return parted{sample.NewPoints(sample.Rand(), 7, 3, 2)} },
			func(rank int) optim.Plan {
				return optim.Plan{Epochs: 1, BatchSize: 3, Rand: rand.New(rand.NewPCG(uint64(rank)/2, 1))}
			},
			"optim: Fit: rank 2 has other data, batches or random numbers than rank 0; make Data and Plan alike on all, with the same seed",
		},
		"an end by one": {
			func(int) optim.Data { return sample.NewPoints(sample.Rand(), 7, 3, 2) },
			func(rank int) optim.Plan {
				return optim.Plan{Epochs: 5, BatchSize: 3, Rand: sample.Rand(), OnEpoch: func(optim.Epoch) error {
					if rank == 1 {
						return errKilled
					}
					return nil
				}}
			},
			"killed|optim: Fit: rank 1 has failed",
		},
	} {
		_, errs := together(t, 3, func(comm dist.Comm) (int, error) {
			_, err := trainer(t, optim.WithRanks(comm)).Fit(t.Context(), c.data(comm.Rank()), c.plan(comm.Rank()))
			return 0, err
		})
		for _, err := range errs {
			require.Error(t, err, name)
			assert.Regexp(t, "^("+c.want+")$", err.Error(), name)
		}
	}
}

// parted is Divided data.
type parted struct{ *sample.Points }

func (p parted) MinibatchesPart(size int, rng *rand.Rand, part, parts int) iter.Seq[autodiff.Batch] {
	return p.Minibatches(size, rand.New(rand.NewPCG(rng.Uint64(), 1)))
}

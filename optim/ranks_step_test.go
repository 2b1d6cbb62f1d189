package optim_test

import (
	"errors"
	"math/rand/v2"
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

// noise returns the number that a rank draws at a step.
func noise(t *testing.T, rank, step int) float64 {
	g := autodiff.NewGraph(tensor.Float64)
	g.SetStream(uint64(rank))
	p, err := autodiff.Compile(g.Random(7, g.Scalar(float64(step)), 1))
	require.NoError(t, err)
	out, err := p.Run()
	require.NoError(t, err)
	return out.Scalar(0)
}

// Ranks have noise of their own, rank 0 that of one process.
func TestRanksDrawTheirOwn(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 4, 3, 2)
	ws, errs := together(t, 2, func(c dist.Comm) (float64, error) {
		w := autodiff.NewParam("w", sample.Vector(0))
		loss := func(x, _ *autodiff.Node) *autodiff.Node {
			g := x.Graph()
			return g.Param(w).Mul(g.Random(7, g.Given("step"), 1)).Sum()
		}
		tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithRanks(c))
		if err != nil {
			return 0, err
		}
		_, err = tr.Step(data.Batch([][]int{{0}, {1, 2, 3}}[c.Rank()]...))
		return w.Value().Float64s()[0], err
	})
	require.NoError(t, errors.Join(errs...))
	want := -(noise(t, 0, 1) + 3*noise(t, 1, 1)) / 4
	assert.InDelta(t, want, ws[0], 1e-15, "weighted by the examples")
	assert.Equal(t, ws[0], ws[1])
	assert.NotEqual(t, noise(t, 0, 1), noise(t, 1, 1))
}

// After the first, a step allocates nothing.
func TestRanksAllocateNothing(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.Adam{LearningRate: 0.1}, optim.WithRanks(dist.Single()))
	require.NoError(t, err)
	b := sample.NewPoints(sample.Rand(), 7, 3, 2).All()
	step := func() {
		if _, err := tr.Step(b); err != nil {
			t.Error(err)
		}
	}
	step()
	assert.Less(t, testing.AllocsPerRun(90, step), 1.0)
}

// Accumulated batches are divided as larger ones are.
func TestRanksAccumulate(t *testing.T) {
	train := func(data optim.Data, options ...optim.Option) ([]float64, error) {
		m := sample.NewLinear(sample.Rand(), 3, 2)
		tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.SGD{LearningRate: 0.3}, options...)
		if err != nil {
			return nil, err
		}
		_, err = tr.Fit(t.Context(), data, optim.Plan{Epochs: 2, BatchSize: 3, Accumulate: 2, Rand: rand.New(rand.NewPCG(3, 4))})
		return dense.Floats(m.W.Value()), err
	}
	data := func() optim.Data { return sample.NewPoints(sample.Rand(), 13, 3, 2) }
	want, err := train(data())
	require.NoError(t, err)
	got, errs := together(t, 4, func(c dist.Comm) ([]float64, error) { return train(data(), optim.WithRanks(c)) })
	require.NoError(t, errors.Join(errs...))
	assert.InDeltaSlice(t, want, got[0], 1e-12)
	assert.Equal(t, got[0], got[3])
}

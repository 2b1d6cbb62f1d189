package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// bowls returns two parameters, a at 1 and b at 1, with the loss ½·a² + ½·b², whose
// gradient is (a, b), and a trainer of them.
func bowls(t *testing.T, rule optim.Rule, options ...optim.Option) (a, b *autodiff.Param, step func()) {
	a, b = autodiff.NewParam("layer/a", sample.Scalar(1)), autodiff.NewParam("layer/b", sample.Scalar(1))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return g.Param(a).Square().Add(g.Param(b).Square()).MulScalar(0.5)
	}
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{a, b}, rule, options...)
	require.NoError(t, err)
	return a, b, func() {
		before := b.Value().ScalarValue().(float64)
		_, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
		if b.Value().ScalarValue() == before {
			assert.Less(t, tr.GradientNorm(), 1.0001, "of a alone")
		}
	}
}

func value(p *autodiff.Param) float64 { return p.Value().Float64s()[0] }

func TestGroupHasARuleOfItsOwn(t *testing.T) {
	a, b, step := bowls(t, optim.SGD{LearningRate: 0.5},
		optim.WithGroups(optim.Group{Match: "*/b", Rule: optim.WeightDecay(optim.SGD{LearningRate: 0.25}, 1)}))
	step()
	assert.Equal(t, 0.5, value(a))
	assert.Equal(t, 1-0.25*(1+1), value(b))
	step()
	assert.Equal(t, 0.25, value(a))
	assert.Equal(t, 0.25, value(b))
}

func TestGroupHasAFactor(t *testing.T) {
	a, b, step := bowls(t, optim.Scheduled(optim.SGD{LearningRate: 0.5}, optim.Exponential(0.5)))
	step()
	step()
	assert.Equal(t, 0.5*0.75, value(a))
	assert.Equal(t, value(a), value(b))
	a, b, step = bowls(t, optim.Scheduled(optim.SGD{LearningRate: 0.5}, optim.Exponential(0.5)),
		optim.WithGroups(optim.Group{Match: "*/b", Factor: 0.5}))
	step()
	step()
	assert.Equal(t, 0.5*0.75, value(a))
	assert.Equal(t, 0.75*0.875, value(b))
}

// What is frozen stays, and what is left trains as if it were alone.
func TestFrozen(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 9, 3, 2).All()
	m, alone := sample.NewLinear(sample.Rand(), 3, 2), sample.NewLinear(sample.Rand(), 3, 2)
	w := append([]float64{}, m.W.Value().Float64s()...)
	frozen, err := optim.NewTrainer(m.Softmax, m.Params(), optim.Adam{LearningRate: 0.1}, optim.WithGroups(optim.Group{Params: []*autodiff.Param{m.W}, Frozen: true}))
	require.NoError(t, err)
	other, err := optim.NewTrainer(alone.Softmax, []*autodiff.Param{alone.B}, optim.Adam{LearningRate: 0.1})
	require.NoError(t, err)
	for range 5 {
		for _, tr := range []*optim.Trainer{frozen, other} {
			_, err := tr.Step(data)
			require.NoError(t, err)
		}
		assert.Equal(t, other.GradientNorm(), frozen.GradientNorm())
	}
	assert.Equal(t, w, m.W.Value().Float64s())
	assert.Equal(t, alone.B.Value().Float64s(), m.B.Value().Float64s())
}

// Steps outside From … Until leave the parameter and its slots alone, and Adam's first
// step has the length of the rate, whenever it is.
func TestGroupIsTrainedFromAndUntil(t *testing.T) {
	for _, rule := range []optim.Rule{optim.Adam{LearningRate: 0.125, Epsilon: 1e-30}, optim.Momentum{LearningRate: 0.125}} {
		_, whole, next := bowls(t, rule)
		a, b, step := bowls(t, rule, optim.WithGroups(optim.Group{Match: "*/b", From: 3, Until: 4}))
		step()
		step()
		assert.Equal(t, 1.0, value(b))
		assert.Less(t, value(a), 1.0)
		for range 2 {
			step()
			next()
			assert.Equal(t, value(whole), value(b), "%T", rule)
		}
		step()
		assert.Equal(t, value(whole), value(b), "%T", rule)
	}
}

// At a step that trains nothing the loss is computed, and the gradient has no length;
// what the loss assigns and averages go on.
func TestStepsThatTrainNothing(t *testing.T) {
	w := autodiff.NewParam("w", sample.Scalar(1))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square() }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 0.25}, optim.WithAverage(0.125),
		optim.WithGroups(optim.Group{Match: "w", From: 2, Until: 2}))
	require.NoError(t, err)
	want := []struct{ loss, norm, w float64 }{{1, 0, 1}, {1, 2, 0.5}, {0.25, 0, 0.5}, {0.25, 0, 0.5}}
	for _, c := range want {
		got, err := tr.Step(autodiff.Batch{})
		require.NoError(t, err)
		assert.Equal(t, c.loss, got)
		assert.Equal(t, c.norm, tr.GradientNorm())
		assert.Equal(t, c.w, value(w))
	}
	tr.TakeAverage()
	assert.InDelta(t, 0.5+0.5*0.125*0.125*0.125, value(w), 1e-15, "the average follows what stays")
}

// A gradient that is not finite does no harm where nothing follows it.
func TestALossThatDivergesAtAStepThatTrainsNothing(t *testing.T) {
	w := autodiff.NewParam("w", sample.Scalar(-1))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Sqrt() }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithGroups(optim.Group{Match: "w", From: 2}))
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{})
	assert.ErrorContains(t, err, "optim: step 1: loss is NaN: first not finite")
}

// A parameter that the loss does not use is found at once, not when it is its turn.
func TestAParameterOfLaterStepsThatTheLossLacks(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	other := autodiff.NewParam("other", sample.Scalar(1))
	tr, err := optim.NewTrainer(m.Softmax, append(m.Params(), other), optim.SGD{LearningRate: 1}, optim.WithGroups(optim.Group{Match: "other", From: 7}))
	require.NoError(t, err)
	_, err = tr.Step(sample.NewPoints(sample.Rand(), 4, 3, 2).All())
	assert.ErrorContains(t, err, "does not depend on other, which is trained by later steps")
}

// A step computes the gradients that it follows, and no others.
func TestStepsComputeNoGradientInVain(t *testing.T) {
	data, m := sample.NewPoints(sample.Rand(), 9, 3, 2).All(), sample.NewLinear(sample.Rand(), 3, 2)
	other := autodiff.NewParam("other", sample.Scalar(1))
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return m.Softmax(x, y).Add(x.Graph().Param(other).Square())
	}
	tr, err := optim.NewTrainer(loss, append(m.Params(), other), optim.SGD{LearningRate: 0.1},
		optim.WithGroups(optim.Group{Match: "b", Frozen: true}, optim.Group{Match: "W", Until: 2}, optim.Group{Match: "other", From: 2}))
	require.NoError(t, err)
	var counts []int
	for range 4 {
		n, err := optim.Gradients(tr, data)
		require.NoError(t, err)
		counts = append(counts, n)
		_, err = tr.Step(data)
		require.NoError(t, err)
	}
	assert.Equal(t, []int{1, 2, 1, 1}, counts, "W; W and other; other; other")
}

func TestGroupsSayWhatTheyMiss(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	for want, g := range map[string]optim.Group{
		`optim: WithGroups: group 0: the pattern "x" and 0 listed name none of the trainer's parameters: W, b`: {Match: "x"},
		`optim: WithGroups: all 2 parameters are frozen`:                                                       {Match: "?", Frozen: true},
	} {
		_, err := optim.NewTrainer(m.Softmax, m.Params(), optim.SGD{LearningRate: 1}, optim.WithGroups(g))
		assert.EqualError(t, err, want)
	}
}

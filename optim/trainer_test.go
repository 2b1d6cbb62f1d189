package optim_test

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

func TestStepFollowsThePlainLoop(t *testing.T) {
	rng := sample.Rand()
	model := sample.NewLinear(rng, 3, 2)
	w, b := append([]float64(nil), model.W.Value().Float64s()...), make([]float64, 2)
	trainer, err := optim.NewTrainer(model.Squared, model.Params(), optim.SGD{LearningRate: 0.1})
	require.NoError(t, err)
	for step, n := range []int{5, 4, 5, 1, 4} { // programs of three forms, two of them used again
		x, y := make([]float64, n*3), make([]float64, n*2)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		for i := range y {
			y[i] = rng.NormFloat64()
		}
		loss, err := trainer.Step(autodiff.Batch{X: sample.Matrix(n, 3, x...), Y: sample.Matrix(n, 2, y...)})
		require.NoError(t, err)
		want := regress(w, b, x, y, n, 0.1)
		// sums of at most 15 products of numbers of order one
		assert.InDelta(t, want, loss, 100*0x1p-53*max(want, 1), "step %d", step+1)
		assert.InDeltaSlice(t, w, model.W.Value().Float64s(), 1000*0x1p-53, "step %d", step+1)
		assert.InDeltaSlice(t, b, model.B.Value().Float64s(), 1000*0x1p-53, "step %d", step+1)
	}
	assert.Equal(t, 5, trainer.Steps())
}

// regress takes a step of gradient descent on ½ the mean squared error of
// W·x + b and returns that error before the step: plain loops.
func regress(w, b, x, y []float64, n int, rate float64) (loss float64) {
	dw, db := make([]float64, len(w)), make([]float64, len(b))
	for e := range n {
		for i := range b {
			s := b[i]
			for j := range 3 {
				s += w[i*3+j] * x[e*3+j]
			}
			d := s - y[e*2+i]
			loss += d * d / (2 * float64(n))
			db[i] += d / float64(n)
			for j := range 3 {
				dw[i*3+j] += d * x[e*3+j] / float64(n)
			}
		}
	}
	for i := range w {
		w[i] -= rate * dw[i]
	}
	for i := range b {
		b[i] -= rate * db[i]
	}
	return loss
}

func TestStepAllocatesNothing(t *testing.T) {
	data := sample.NewPoints(sample.Rand(), 7, 3, 3)
	model := sample.NewLinear(sample.Rand(), 3, 3)
	rule := optim.Scheduled(optim.DecoupledWeightDecay(optim.Adam{LearningRate: 0.01}, 0.1), optim.WarmUp(5))
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), rule)
	require.NoError(t, err)
	full, rest := data.Batch(0, 1, 2, 3), data.Batch(4, 5, 6)
	allocs := testing.AllocsPerRun(20, func() {
		_, err = trainer.Step(full)
		require.NoError(t, err)
		_, err = trainer.Step(rest)
		require.NoError(t, err)
	})
	assert.Zero(t, allocs)
}

func TestGradientNorm(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(3, -4))
	v := autodiff.NewParam("v", sample.Scalar(6))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { // ½w² + 12v has the gradient (w, 12)
		return x.Graph().Param(w).Square().Sum().MulScalar(0.5).Add(x.Graph().Param(v).MulScalar(12))
	}
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w, v}, optim.SGD{LearningRate: 0.5})
	require.NoError(t, err)
	value, err := trainer.Step(autodiff.Batch{})
	require.NoError(t, err)
	assert.Equal(t, 12.5+72, value)
	assert.Equal(t, 13.0, trainer.GradientNorm())
	assert.Equal(t, []float64{1.5, -2}, w.Value().Float64s())
	assert.Equal(t, []float64{0}, v.Value().Float64s())
}

// Without its norm the gradient is followed as before, to rounding.
func TestWithoutGradientNorm(t *testing.T) {
	train := func(options ...optim.Option) (*optim.Trainer, []float64) {
		data, model := sample.NewPoints(sample.Rand(), 40, 7, 3), sample.NewLinear(sample.Rand(), 7, 3)
		trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.SGD{LearningRate: 0.1}, options...)
		require.NoError(t, err)
		_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 3, BatchSize: 8, Rand: sample.Rand()})
		require.NoError(t, err)
		return trainer, model.W.Value().Float64s()
	}
	with, want := train()
	without, got := train(optim.WithoutGradientNorm())
	assert.InDeltaSlice(t, want, got, 1e-14)
	assert.Positive(t, with.GradientNorm())
	assert.True(t, math.IsNaN(without.GradientNorm()))
}

func TestSameSeedSameBits(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	train := func(cores int) (w, b []float32) {
		runtime.GOMAXPROCS(cores)
		rng := sample.Rand()
		data := sample.NewPoints(rng, 301, 130, 10)
		data.Single = true
		model := sample.NewLinear(rng, 130, 10)
		for _, p := range model.Params() {
			p.Convert(tensor.Float32)
		}
		trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.Momentum{LearningRate: 0.1})
		require.NoError(t, err)
		_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 3, BatchSize: 64, Rand: rng})
		require.NoError(t, err)
		return model.W.Value().Float32s(), model.B.Value().Float32s()
	}
	w1, b1 := train(1)
	w2, b2 := train(2)
	assert.Equal(t, w1, w2)
	assert.Equal(t, b1, b2)
}

func TestNewTrainerRefuses(t *testing.T) {
	model := sample.NewLinear(sample.Rand(), 3, 2)
	single := autodiff.NewParam("f", tensor.New(tensor.WithShape(2), tensor.Of(tensor.Float32)))
	good := optim.SGD{LearningRate: 1}
	for _, test := range []struct {
		params []*autodiff.Param
		rule   optim.Rule
		want   string
	}{
		{nil, good, "there are no parameters"},
		{[]*autodiff.Param{model.W, single}, good, "parameter W is float64 and f is float32"},
		{[]*autodiff.Param{model.W, model.W}, good, "parameter W is given twice"},
		{model.Params(), nil, "the rule is nil"},
		{model.Params(), optim.WeightDecay(nil, 1), "the rule is nil"},
		{model.Params(), optim.SGD{}, "learning rate at step 1 is 0, want a positive number"},
		{model.Params(), optim.SGD{LearningRate: -0.1}, "learning rate at step 1 is -0.1"},
		{model.Params(), optim.Adam{LearningRate: math.NaN()}, "learning rate at step 1 is NaN"},
		{model.Params(), optim.Adam{LearningRate: math.Inf(1)}, "learning rate at step 1 is +Inf"},
		{model.Params(), optim.Scheduled(good, optim.Constant(0)), "schedule at step 1 is 0"},
		{model.Params(), optim.Scheduled(good, optim.Constant(math.NaN())), "schedule at step 1 is NaN"},
		{model.Params(), optim.Scheduled(optim.SGD{LearningRate: -1}, optim.Constant(-1)), "schedule at step 1 is -1"},
		{model.Params(), optim.Scheduled(good, optim.WarmUp(0)), "schedule at step 1 is NaN"},
		{model.Params(), optim.Scheduled(good, nil), "Scheduled: the schedule is nil"},
		{model.Params(), optim.Momentum{LearningRate: 1, Momentum: 1}, "Momentum: Momentum is 1, want a number between 0 and 1"},
		{model.Params(), optim.Nesterov{LearningRate: 1, Momentum: -0.1}, "Nesterov: Momentum is -0.1"},
		{model.Params(), optim.AdaGrad{LearningRate: 1, Epsilon: -1}, "AdaGrad: Epsilon is -1"},
		{model.Params(), optim.RMSProp{LearningRate: 1, Decay: 2}, "RMSProp: Decay is 2"},
		{model.Params(), optim.RMSProp{LearningRate: 1, Epsilon: math.Inf(1)}, "RMSProp: Epsilon is +Inf"},
		{model.Params(), optim.Adam{LearningRate: 1, Beta1: 1}, "Adam: Beta1 is 1"},
		{model.Params(), optim.Adam{LearningRate: 1, Beta2: math.NaN()}, "Adam: Beta2 is NaN"},
		{model.Params(), optim.Adam{LearningRate: 1, Epsilon: -1}, "Adam: Epsilon is -1"},
		{model.Params(), optim.WeightDecay(good, -1), "WeightDecay: λ is -1"},
		{model.Params(), optim.DecoupledWeightDecay(good, math.NaN()), "DecoupledWeightDecay: λ is NaN"},
		{model.Params(), optim.WeightDecay(optim.ClipValue(good, 0), 1), "ClipValue: c is 0"},
	} {
		_, err := optim.NewTrainer(model.Squared, test.params, test.rule)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestStepRefusesARateAtItsStep(t *testing.T) {
	model := sample.NewLinear(sample.Rand(), 3, 3)
	batch := sample.NewPoints(sample.Rand(), 4, 3, 3).Batch(0, 1, 2, 3)
	rule := optim.Scheduled(optim.SGD{LearningRate: 0.1}, optim.Cosine(2, 0))
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), rule)
	require.NoError(t, err)
	for range 2 {
		_, err := trainer.Step(batch)
		require.NoError(t, err)
	}
	before := append([]float64(nil), model.W.Value().Float64s()...)
	_, err = trainer.Step(batch)
	assert.EqualError(t, err, "optim: schedule at step 3 is 0, want a positive number")
	assert.Equal(t, before, model.W.Value().Float64s())
	assert.Equal(t, 2, trainer.Steps())
}

func TestStepRefusesABatch(t *testing.T) {
	model := sample.NewLinear(sample.Rand(), 3, 2)
	good := sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1)
	ints := tensor.New(tensor.WithShape(2, 1), tensor.WithBacking([]int{0, 1}))
	for _, test := range []struct {
		batch autodiff.Batch
		want  string
	}{
		{autodiff.Batch{X: sample.Matrix(2, 4, make([]float64, 8)...), Y: good.Y}, "MatMul"},
		{autodiff.Batch{X: sample.Matrix(2, 3, 0, 0, 0, 0, math.NaN(), 0), Y: good.Y}, "element (1, 1) is NaN"},
		{autodiff.Batch{X: good.X, Y: tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{0, 2}))}, "example 1 has label 2"},
		{autodiff.Batch{X: sample.Single(good.X), Y: good.Y}, "float32"},
		{autodiff.Batch{X: good.X, Y: ints}, "labels have shape (2, 1), want one axis"},
	} {
		trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.SGD{LearningRate: 1})
		require.NoError(t, err)
		_, err = trainer.Step(good)
		require.NoError(t, err)
		before := append([]float64(nil), model.W.Value().Float64s()...)
		_, err = trainer.Step(test.batch)
		assert.ErrorContains(t, err, test.want)
		assert.Equal(t, before, model.W.Value().Float64s())
		_, err = trainer.Step(good)
		assert.NoError(t, err)
	}
}

func TestStepNamesWhatTheLossLacks(t *testing.T) {
	model := sample.NewLinear(sample.Rand(), 3, 2)
	batch := sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1)
	vectorLoss := func(x, _ *autodiff.Node) *autodiff.Node { return model.Forward(x) }
	trainer, err := optim.NewTrainer(vectorLoss, model.Params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(batch)
	assert.EqualError(t, err, "optim: the loss has shape (2, 2), want a scalar")

	noBias := func(x, _ *autodiff.Node) *autodiff.Node { return x.MatMul(x.Graph().Param(model.W).T()).Sum() }
	trainer, err = optim.NewTrainer(noBias, model.Params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(batch)
	assert.ErrorContains(t, err, "does not depend on b (2)")
}

func TestDivergedStepChangesNothing(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(2, 1))
	for _, test := range []struct {
		name string
		loss autodiff.LossFunc
		want []string
	}{
		{"loss", func(x, _ *autodiff.Node) *autodiff.Node {
			return x.Graph().Param(w).Mul(x).Log().Sum()
		}, []string{"step 3: loss is NaN: first not finite: Log (2)", "trainer_test.go:"}},
		{"gradient", func(x, _ *autodiff.Node) *autodiff.Node {
			return x.Graph().Param(w).Mul(x.Greater(x.Graph().Scalar(0))).Sqrt().Sum()
		}, []string{"step 3: gradient is not finite, loss is", "first not finite: Div (2)", "trainer_test.go:"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			trainer, err := optim.NewTrainer(test.loss, []*autodiff.Param{w}, optim.Momentum{LearningRate: 0.01})
			require.NoError(t, err)
			good, bad := autodiff.Batch{X: sample.Vector(1, 2)}, autodiff.Batch{X: sample.Vector(1, -2)}
			for range 2 {
				_, err := trainer.Step(good)
				require.NoError(t, err)
			}
			before := append([]float64(nil), w.Value().Float64s()...)
			for range 2 { // the second time, too
				_, err = trainer.Step(bad)
				var diverged *optim.DivergedError
				require.ErrorAs(t, err, &diverged)
				assert.Equal(t, 3, diverged.Step)
				for _, want := range test.want {
					assert.ErrorContains(t, err, want)
				}
				assert.Equal(t, before, w.Value().Float64s())
				assert.Equal(t, 2, trainer.Steps())
			}
			_, err = trainer.Step(good)
			require.NoError(t, err)
			third := append([]float64(nil), w.Value().Float64s()...)
			copy(w.Value().Float64s(), []float64{2, 1})
			assert.Equal(t, third, undisturbed(t, test.loss, w, good), "the slots changed")
			copy(w.Value().Float64s(), []float64{2, 1})
		})
	}
}

// undisturbed returns w after three steps on one batch.
func undisturbed(t *testing.T, loss autodiff.LossFunc, w *autodiff.Param, batch autodiff.Batch) []float64 {
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.Momentum{LearningRate: 0.01})
	require.NoError(t, err)
	for range 3 {
		_, err := trainer.Step(batch)
		require.NoError(t, err)
	}
	return append([]float64(nil), w.Value().Float64s()...)
}

func TestDivergedErrorNamesAnOverflowedParameter(t *testing.T) {
	w := autodiff.NewParam("w", sample.Vector(1, math.Inf(1)))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square().Sum() }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(autodiff.Batch{})
	assert.ErrorContains(t, err, "step 1: loss is +Inf: first not finite: w (2) at trainer_test.go:")
	assert.True(t, strings.HasSuffix(err.Error(), "has an element +Inf"), err.Error())
}

package optim_test

import (
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
)

// A linear is a model s = x·Wᵀ + b for tests.
type linear struct{ w, b *autodiff.Param }

func newLinear(rng *rand.Rand, in, out int) linear {
	w := make([]float64, out*in)
	for i := range w {
		w[i] = rng.NormFloat64()
	}
	return linear{
		autodiff.NewParam("W", tensor.New(tensor.WithShape(out, in), tensor.WithBacking(w))),
		autodiff.NewParam("b", vector(make([]float64, out)...)),
	}
}

func (m linear) params() []*autodiff.Param { return []*autodiff.Param{m.w, m.b} }

func (m linear) forward(x *autodiff.Node) *autodiff.Node {
	return x.MatMul(x.Graph().Param(m.w).T()).Add(x.Graph().Param(m.b))
}

// softmax is the mean of the cross-entropy against labels.
func (m linear) softmax(x, y *autodiff.Node) *autodiff.Node {
	return m.forward(x).LogSoftmax(1).Pick(y).Mean().Neg()
}

// squared is ½ the mean over examples of the squared error.
func (m linear) squared(x, y *autodiff.Node) *autodiff.Node {
	return m.forward(x).Sub(y).Square().Sum().DivScalar(2 * float64(x.Shape()[0]))
}

// points is a set of examples with classes, in the precision of its batches.
type points struct {
	x       []float64
	cols    int
	labels  []int
	single  bool
	ordered bool // yields the examples in their own order, always
}

// newPoints draws a point around the corner of a simplex for every example.
func newPoints(rng *rand.Rand, n, cols, classes int) *points {
	p := &points{cols: cols}
	for range n {
		c := rng.IntN(classes)
		p.labels = append(p.labels, c)
		for j := range cols {
			v := 0.5 * rng.NormFloat64()
			if j == c {
				v += 2
			}
			p.x = append(p.x, v)
		}
	}
	return p
}

func (p *points) Len() int { return len(p.labels) }

func (p *points) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 {
		size = p.Len()
	}
	return func(yield func(autodiff.Batch) bool) {
		order := make([]int, p.Len())
		for i := range order {
			order[i] = i
		}
		if size < p.Len() && !p.ordered {
			order = rng.Perm(p.Len())
		}
		for len(order) > 0 {
			n := min(size, len(order))
			if !yield(p.batch(order[:n]...)) {
				return
			}
			order = order[n:]
		}
	}
}

func (p *points) batch(rows ...int) autodiff.Batch {
	var x []float64
	var y []int
	for _, i := range rows {
		x = append(x, p.x[i*p.cols:(i+1)*p.cols]...)
		y = append(y, p.labels[i])
	}
	b := autodiff.Batch{X: matrix(len(rows), p.cols, x...), Y: tensor.New(tensor.WithShape(len(y)), tensor.WithBacking(y))}
	if p.single {
		b.X = single(b.X)
	}
	return b
}

func matrix(rows, cols int, x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(x))
}

// single returns v rounded to float32.
func single(v *tensor.Dense) *tensor.Dense {
	x := make([]float32, 0, len(v.Float64s()))
	for _, e := range v.Float64s() {
		x = append(x, float32(e))
	}
	return tensor.New(tensor.WithShape(v.Shape()...), tensor.WithBacking(x))
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func TestStepFollowsThePlainLoop(t *testing.T) {
	rng := newRand()
	model := newLinear(rng, 3, 2)
	w, b := append([]float64(nil), model.w.Value().Float64s()...), make([]float64, 2)
	trainer, err := optim.NewTrainer(model.squared, model.params(), optim.SGD{LearningRate: 0.1})
	require.NoError(t, err)
	for step, n := range []int{5, 4, 5, 1, 4} { // programs of three forms, two of them used again
		x, y := make([]float64, n*3), make([]float64, n*2)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		for i := range y {
			y[i] = rng.NormFloat64()
		}
		loss, err := trainer.Step(autodiff.Batch{X: matrix(n, 3, x...), Y: matrix(n, 2, y...)})
		require.NoError(t, err)
		want := regress(w, b, x, y, n, 0.1)
		// sums of at most 15 products of numbers of order one
		assert.InDelta(t, want, loss, 100*0x1p-53*max(want, 1), "step %d", step+1)
		assert.InDeltaSlice(t, w, model.w.Value().Float64s(), 1000*0x1p-53, "step %d", step+1)
		assert.InDeltaSlice(t, b, model.b.Value().Float64s(), 1000*0x1p-53, "step %d", step+1)
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
	data := newPoints(newRand(), 7, 3, 3)
	model := newLinear(newRand(), 3, 3)
	rule := optim.Scheduled(optim.DecoupledWeightDecay(optim.Adam{LearningRate: 0.01}, 0.1), optim.WarmUp(5))
	trainer, err := optim.NewTrainer(model.softmax, model.params(), rule)
	require.NoError(t, err)
	full, rest := data.batch(0, 1, 2, 3), data.batch(4, 5, 6)
	allocs := testing.AllocsPerRun(20, func() {
		_, err = trainer.Step(full)
		require.NoError(t, err)
		_, err = trainer.Step(rest)
		require.NoError(t, err)
	})
	assert.Zero(t, allocs)
}

func TestGradientNorm(t *testing.T) {
	w := autodiff.NewParam("w", vector(3, -4))
	v := autodiff.NewParam("v", scalar(6))
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
		data, model := newPoints(newRand(), 40, 7, 3), newLinear(newRand(), 7, 3)
		trainer, err := optim.NewTrainer(model.softmax, model.params(), optim.SGD{LearningRate: 0.1}, options...)
		require.NoError(t, err)
		_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 3, BatchSize: 8, Rand: newRand()})
		require.NoError(t, err)
		return trainer, model.w.Value().Float64s()
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
		rng := newRand()
		data := newPoints(rng, 301, 130, 10)
		data.single = true
		model := newLinear(rng, 130, 10)
		for _, p := range model.params() {
			p.Convert(tensor.Float32)
		}
		trainer, err := optim.NewTrainer(model.softmax, model.params(), optim.Momentum{LearningRate: 0.1})
		require.NoError(t, err)
		_, err = trainer.Fit(t.Context(), data, optim.Plan{Epochs: 3, BatchSize: 64, Rand: rng})
		require.NoError(t, err)
		return model.w.Value().Float32s(), model.b.Value().Float32s()
	}
	w1, b1 := train(1)
	w2, b2 := train(2)
	assert.Equal(t, w1, w2)
	assert.Equal(t, b1, b2)
}

func TestNewTrainerRefuses(t *testing.T) {
	model := newLinear(newRand(), 3, 2)
	single := autodiff.NewParam("f", tensor.New(tensor.WithShape(2), tensor.Of(tensor.Float32)))
	good := optim.SGD{LearningRate: 1}
	for _, test := range []struct {
		params []*autodiff.Param
		rule   optim.Rule
		want   string
	}{
		{nil, good, "there are no parameters"},
		{[]*autodiff.Param{model.w, single}, good, "parameter W is float64 and f is float32"},
		{[]*autodiff.Param{model.w, model.w}, good, "parameter W is given twice"},
		{model.params(), nil, "the rule is nil"},
		{model.params(), optim.WeightDecay(nil, 1), "the rule is nil"},
		{model.params(), optim.SGD{}, "learning rate at step 1 is 0, want a positive number"},
		{model.params(), optim.SGD{LearningRate: -0.1}, "learning rate at step 1 is -0.1"},
		{model.params(), optim.Adam{LearningRate: math.NaN()}, "learning rate at step 1 is NaN"},
		{model.params(), optim.Adam{LearningRate: math.Inf(1)}, "learning rate at step 1 is +Inf"},
		{model.params(), optim.Scheduled(good, optim.Constant(0)), "schedule at step 1 is 0"},
		{model.params(), optim.Scheduled(good, optim.Constant(math.NaN())), "schedule at step 1 is NaN"},
		{model.params(), optim.Scheduled(optim.SGD{LearningRate: -1}, optim.Constant(-1)), "schedule at step 1 is -1"},
		{model.params(), optim.Scheduled(good, optim.WarmUp(0)), "schedule at step 1 is NaN"},
		{model.params(), optim.Scheduled(good, nil), "Scheduled: the schedule is nil"},
		{model.params(), optim.Momentum{LearningRate: 1, Momentum: 1}, "Momentum: Momentum is 1, want a number between 0 and 1"},
		{model.params(), optim.Nesterov{LearningRate: 1, Momentum: -0.1}, "Nesterov: Momentum is -0.1"},
		{model.params(), optim.AdaGrad{LearningRate: 1, Epsilon: -1}, "AdaGrad: Epsilon is -1"},
		{model.params(), optim.RMSProp{LearningRate: 1, Decay: 2}, "RMSProp: Decay is 2"},
		{model.params(), optim.RMSProp{LearningRate: 1, Epsilon: math.Inf(1)}, "RMSProp: Epsilon is +Inf"},
		{model.params(), optim.Adam{LearningRate: 1, Beta1: 1}, "Adam: Beta1 is 1"},
		{model.params(), optim.Adam{LearningRate: 1, Beta2: math.NaN()}, "Adam: Beta2 is NaN"},
		{model.params(), optim.Adam{LearningRate: 1, Epsilon: -1}, "Adam: Epsilon is -1"},
		{model.params(), optim.WeightDecay(good, -1), "WeightDecay: λ is -1"},
		{model.params(), optim.DecoupledWeightDecay(good, math.NaN()), "DecoupledWeightDecay: λ is NaN"},
		{model.params(), optim.WeightDecay(optim.ClipValue(good, 0), 1), "ClipValue: c is 0"},
	} {
		_, err := optim.NewTrainer(model.squared, test.params, test.rule)
		assert.ErrorContains(t, err, test.want)
	}
}

func TestStepRefusesARateAtItsStep(t *testing.T) {
	model := newLinear(newRand(), 3, 3)
	batch := newPoints(newRand(), 4, 3, 3).batch(0, 1, 2, 3)
	rule := optim.Scheduled(optim.SGD{LearningRate: 0.1}, optim.Cosine(2, 0))
	trainer, err := optim.NewTrainer(model.softmax, model.params(), rule)
	require.NoError(t, err)
	for range 2 {
		_, err := trainer.Step(batch)
		require.NoError(t, err)
	}
	before := append([]float64(nil), model.w.Value().Float64s()...)
	_, err = trainer.Step(batch)
	assert.EqualError(t, err, "optim: schedule at step 3 is 0, want a positive number")
	assert.Equal(t, before, model.w.Value().Float64s())
	assert.Equal(t, 2, trainer.Steps())
}

func TestStepRefusesABatch(t *testing.T) {
	model := newLinear(newRand(), 3, 2)
	good := newPoints(newRand(), 4, 3, 2).batch(0, 1)
	ints := tensor.New(tensor.WithShape(2, 1), tensor.WithBacking([]int{0, 1}))
	for _, test := range []struct {
		batch autodiff.Batch
		want  string
	}{
		{autodiff.Batch{X: matrix(2, 4, make([]float64, 8)...), Y: good.Y}, "MatMul"},
		{autodiff.Batch{X: matrix(2, 3, 0, 0, 0, 0, math.NaN(), 0), Y: good.Y}, "element (1, 1) is NaN"},
		{autodiff.Batch{X: good.X, Y: tensor.New(tensor.WithShape(2), tensor.WithBacking([]int{0, 2}))}, "example 1 has label 2"},
		{autodiff.Batch{X: single(good.X), Y: good.Y}, "float32"},
		{autodiff.Batch{X: good.X, Y: ints}, "labels have shape (2, 1), want one axis"},
	} {
		trainer, err := optim.NewTrainer(model.softmax, model.params(), optim.SGD{LearningRate: 1})
		require.NoError(t, err)
		_, err = trainer.Step(good)
		require.NoError(t, err)
		before := append([]float64(nil), model.w.Value().Float64s()...)
		_, err = trainer.Step(test.batch)
		assert.ErrorContains(t, err, test.want)
		assert.Equal(t, before, model.w.Value().Float64s())
		_, err = trainer.Step(good)
		assert.NoError(t, err)
	}
}

func TestStepNamesWhatTheLossLacks(t *testing.T) {
	model := newLinear(newRand(), 3, 2)
	batch := newPoints(newRand(), 4, 3, 2).batch(0, 1)
	vectorLoss := func(x, _ *autodiff.Node) *autodiff.Node { return model.forward(x) }
	trainer, err := optim.NewTrainer(vectorLoss, model.params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(batch)
	assert.EqualError(t, err, "optim: the loss has shape (2, 2), want a scalar")

	noBias := func(x, _ *autodiff.Node) *autodiff.Node { return x.MatMul(x.Graph().Param(model.w).T()).Sum() }
	trainer, err = optim.NewTrainer(noBias, model.params(), optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(batch)
	assert.ErrorContains(t, err, "does not depend on b (2)")
}

func TestDivergedStepChangesNothing(t *testing.T) {
	w := autodiff.NewParam("w", vector(2, 1))
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
			good, bad := autodiff.Batch{X: vector(1, 2)}, autodiff.Batch{X: vector(1, -2)}
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
	w := autodiff.NewParam("w", vector(1, math.Inf(1)))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square().Sum() }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1})
	require.NoError(t, err)
	_, err = trainer.Step(autodiff.Batch{})
	assert.ErrorContains(t, err, "step 1: loss is +Inf: first not finite: w (2) at trainer_test.go:")
	assert.True(t, strings.HasSuffix(err.Error(), "has an element +Inf"), err.Error())
}

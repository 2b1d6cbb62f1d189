package optim_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"declive/autodiff"
	"declive/optim"
	"declive/optim/internal/sample"
)

// muon takes a step by gonum's matrices.
func muon(w, g, m *mat.Dense, rate, momentum float64, iterations int) {
	rows, cols := w.Dims()
	m.Scale(momentum, m)
	m.Add(m, g)
	var x mat.Dense
	x.Scale(momentum, m)
	x.Add(&x, g)
	x.Scale(1/mat.Norm(&x, 2), &x) // gonum's 2 is Frobenius'
	for range iterations {
		var a, aa, next mat.Dense
		a.Mul(&x, x.T())
		aa.Mul(&a, &a)
		a.Scale(-4.7750, &a)
		aa.Scale(2.0315, &aa)
		a.Add(&a, &aa)
		next.Mul(&a, &x)
		x.Scale(3.4445, &x)
		x.Add(&x, &next)
	}
	x.Scale(rate*math.Sqrt(math.Max(1, float64(rows)/float64(cols))), &x)
	w.Sub(w, &x)
}

// trainMuon follows the gradients c of the loss Σ c·w.
func trainMuon(t *testing.T, rule optim.Muon, rows, cols, steps int) (got []float64, want *mat.Dense) {
	rng := sample.Rand()
	start := sample.Normal(rng, rows*cols)
	want, m := mat.NewDense(rows, cols, append([]float64{}, start...)), mat.NewDense(rows, cols, nil)
	w := autodiff.NewParam("w", sample.Matrix(rows, cols, start...))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Mul(x).Sum() }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, rule)
	require.NoError(t, err)
	for range steps {
		c := sample.Normal(rng, rows*cols)
		_, err := tr.Step(autodiff.Batch{X: sample.Matrix(rows, cols, c...)})
		require.NoError(t, err)
		momentum, iterations := rule.Momentum, rule.Iterations
		if momentum == 0 {
			momentum, iterations = 0.95, 5
		}
		muon(want, mat.NewDense(rows, cols, c), m, rule.LearningRate, momentum, iterations)
	}
	return w.Value().Float64s(), want
}

func TestMuonFollowsItsRecurrence(t *testing.T) {
	for _, shape := range [][2]int{{3, 5}, {5, 3}, {4, 1}, {1, 1}} {
		for _, rule := range []optim.Muon{{LearningRate: 0.1}, {LearningRate: 0.1, Momentum: 0.5, Iterations: 3}} {
			got, want := trainMuon(t, rule, shape[0], shape[1], 4)
			// some hundred rounded operations a step, the polynomial's slope at most 3.5 each time
			assert.InDeltaSlice(t, want.RawMatrix().Data, got, 4*100*math.Pow(3.5, 5)*0x1p-53, "%v %v", shape, rule)
		}
	}
}

// The step has singular values between those that the paper names.
func TestMuonEvensSingularValues(t *testing.T) {
	got, _ := trainMuon(t, optim.Muon{LearningRate: 1}, 3, 5, 1)
	start := mat.NewDense(3, 5, sample.Normal(sample.Rand(), 15))
	start.Sub(start, mat.NewDense(3, 5, got))
	var svd mat.SVD
	require.True(t, svd.Factorize(start, mat.SVDNone))
	for _, s := range svd.Values(nil) {
		assert.True(t, 0.68 < s && s < 1.13, "%v", s)
	}
}

func TestMuonOfNoGradient(t *testing.T) {
	w := autodiff.NewParam("w", sample.Matrix(2, 3, 1, 2, 3, 4, 5, 6))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).MulScalar(0).Sum() }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.Muon{LearningRate: 1})
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{})
	require.NoError(t, err)
	assert.Equal(t, []float64{1, 2, 3, 4, 5, 6}, w.Value().Float64s())
}

func TestMuonRefusesAVector(t *testing.T) {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	data := sample.NewPoints(sample.Rand(), 4, 3, 2).All()
	tr, err := optim.NewTrainer(m.Softmax, m.Params(), optim.Muon{LearningRate: 1})
	require.NoError(t, err)
	_, err = tr.Step(data)
	assert.ErrorContains(t, err, "the parameter is no matrix; give it another rule by WithGroups")
	_, err = optim.NewTrainer(m.Softmax, m.Params(), optim.Muon{LearningRate: 1, Iterations: -1})
	assert.EqualError(t, err, "optim: Muon: Iterations is -1, want 1 to 100, or 0 for 5")
}

// Muon takes the matrix of a model, Adam its bias.
func ExampleMuon() {
	model := sample.NewLinear(sample.Rand(), 3, 2)
	trainer, err := optim.NewTrainer(model.Softmax, model.Params(), optim.Muon{LearningRate: 0.1},
		optim.WithGroups(optim.Group{Match: "b", Rule: optim.Adam{LearningRate: 0.01}}))
	if err != nil {
		fmt.Println(err)
		return
	}
	data := sample.NewPoints(sample.Rand(), 9, 3, 2).All()
	for range 20 {
		if _, err := trainer.Step(data); err != nil {
			fmt.Println(err)
			return
		}
	}
	e, err := trainer.Evaluate(sample.One(data))
	fmt.Println(e.Loss < 0.1, err)
	// Output: true <nil>
}

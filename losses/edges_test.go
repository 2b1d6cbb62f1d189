package losses_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// lossOf returns the loss and its gradient for the scores of one example,
// compiled and interpreted.
func lossOf(t *testing.T, dt tensor.Dtype, scores []float64, right int) (loss [2]float64, grad [2][]float64) {
	g := autodiff.NewGraph(dt)
	raw, y := g.Input("s", 1, len(scores)), g.Labels("y", 1)
	finite := make([]float64, len(scores))
	s := raw
	for i, v := range scores { // an input holds no infinity
		if finite[i] = v; math.IsInf(v, 0) {
			finite[i] = 0
			at := make([]float64, len(scores))
			at[i] = 1
			s = g.Constant(feed(dt, []int{1, len(scores)}, at)).Where(g.Scalar(v), s)
		}
	}
	l := losses.SoftmaxCrossEntropy(s, y)
	d, err := autodiff.Grad(l, raw)
	require.NoError(t, err)
	feeds := []autodiff.Feed{raw.Feed(feed(dt, []int{1, len(scores)}, finite)), y.Feed(labels([]int{right}))}
	reference, err := autodiff.Interpret(feeds, l, d[0])
	require.NoError(t, err)
	p, err := autodiff.Compile(l, d[0])
	require.NoError(t, err)
	var out autodiff.Results
	for range 2 {
		out, err = p.Run(feeds...)
		require.NoError(t, err)
	}
	for i, v := range [2][2]*tensor.Dense{{out.Value(0), out.Value(1)}, {reference[0], reference[1]}} {
		loss[i], grad[i] = numbers(v[0])[0], numbers(v[1])
	}
	return loss, grad
}

// The cross entropy of scores with a margin, by a sum without the term of the
// right class: where the model is sure, nothing is lost to rounding, and the
// loss is never −0. Differences of these scores are exact; what counts is four
// functions, each off by 2.5 units in the last place at most, and ten other results
// by half a unit: less than 16 units together.
func TestCrossEntropyInTheTails(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		eps := map[tensor.Dtype]float64{tensor.Float32: 0x1p-23, tensor.Float64: 0x1p-52}[dt]
		for _, margin := range []float64{-1e4, -100, -20, -3, 0, 3, 17, 20, 40, 80} {
			scores := []float64{0.5, margin, 0, -0.25} // of the right class, 1, less
			right := 1
			others := 0.0
			for j, s := range scores {
				if j != right {
					others += math.Exp(s - margin)
				}
			}
			want := math.Log1p(others)
			if math.IsInf(others, 0) {
				want = 0.5 - margin + math.Log(1+math.Exp(-0.5)+math.Exp(-0.75))
			}
			loss, grad := lossOf(t, dt, scores, right)
			for i := range loss {
				name := fmt.Sprint(dt, ", margin ", margin, ", ", []string{"compiled", "interpreted"}[i])
				require.InEpsilon(t, want, loss[i], 16*eps, name)
				sum := 0.0
				for j, s := range scores {
					if j != right {
						p := math.Exp(s-0.5) / (math.Exp(margin-0.5) + 1 + math.Exp(-0.5) + math.Exp(-0.75))
						require.InEpsilon(t, p, grad[i][j], 16*eps, name)
						sum += p
					}
				}
				require.InEpsilon(t, -sum, grad[i][right], 16*eps, name)
			}
		}
		loss, grad := lossOf(t, dt, []float64{0, 2000, -2000}, 1)
		for i := range loss {
			require.False(t, math.Signbit(loss[i]), "the loss is −0")
			require.Zero(t, loss[i])
			require.Zero(t, grad[i][1])
		}
	}
}

// Scores of −∞, as of masked classes, and of ∞.
func TestCrossEntropyOfInfinities(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		scores []float64
		want   float64
	}{
		{[]float64{-inf, 1, 1}, math.Ln2},
		{[]float64{-inf, 1, -inf}, 0},
		{[]float64{1, -inf, 2}, inf},
		{[]float64{inf, 1, 2}, inf},
		{[]float64{1, inf, 2}, 0},
	} {
		loss, _ := lossOf(t, tensor.Float64, c.scores, 1)
		for i := range loss {
			require.InDelta(t, 0, math.Atan(loss[i])-math.Atan(c.want), 1e-15, "%v: %v", c.scores, loss[i])
		}
	}
}

// A classifier of one class has no loss and no gradient.
func TestCrossEntropyOfOneClass(t *testing.T) {
	loss, grad := lossOf(t, tensor.Float64, []float64{3}, 0)
	require.Equal(t, [2]float64{}, loss)
	require.Equal(t, [2][]float64{{0}, {0}}, grad)
}

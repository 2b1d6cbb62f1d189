package autodiff

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/internal/dense"
)

// A chain applies functions that are undefined, infinite or huge somewhere. Those
// of rows mix the elements of a row, never of two rows.
func chain(rng *rand.Rand, x *Node, length int, rows bool) *Node {
	y := x
	for range length {
		switch rng.IntN(18) {
		case 0:
			y = y.Sqrt()
		case 1:
			y = y.Log()
		case 2:
			y = y.Log1p().Add(x)
		case 3:
			y = y.Pow(0.3)
		case 4:
			y = y.Pow(-1.5).Sub(y)
		case 5:
			y = y.Exp()
		case 6:
			y = x.Div(y)
		case 7:
			y = y.Mul(x.Sqrt())
		case 8:
			y = y.Tanh().Mul(x)
		case 9:
			y = y.Clamp(0, 10).Sqrt()
		case 10:
			y = y.Max(x.Log())
		case 11:
			y = y.Abs().Log()
		case 12:
			y = y.Sigmoid().Add(x.Expm1())
		}
		if !rows {
			continue
		}
		switch rng.IntN(12) {
		case 0:
			y = y.Div(y.SumKeep(1))
		case 1:
			y = y.Sub(y.ReduceMaxKeep(1)).Softmax(1)
		case 2:
			y = y.Mul(y.Log().SumKeep(1))
		case 3:
			y = y.Reshape(-1, 1).Sqrt().Reshape(x.shape...)
		case 4:
			y = y.Div(y.NormKeep(1))
		case 5:
			y = y.MatMul(ones(x.graph, x.shape[1], x.shape[1]))
		case 6:
			y = Concat(1, y.Sqrt(), y).Slice(1, 1, 1+x.shape[1])
		case 7:
			y = y.T().Log().T()
		}
	}
	return y
}

// What a Where does not take has no influence on gradients of any order: they are
// those of the function with harmless numbers there, as users of other libraries
// write it, with a second Where around the operand.
func TestBranchNotTakenInChains(t *testing.T) {
	bad := []float64{0, -1, 1e200, -1e200, 1000, -0.5}
	rapid.Check(t, func(rt *rapid.T) {
		seed := rapid.Uint64().Draw(rt, "seed")
		rows := rapid.Bool().Draw(rt, "rows")
		length := rapid.IntRange(1, 4).Draw(rt, "length")
		rng := rand.New(rand.NewPCG(seed, 0))
		n, k := 1+rng.IntN(4), 1+rng.IntN(3)
		g := NewGraph(tensor.Float64)
		x, mask := g.Input("x", n, k), g.Input("mask", n, k)
		if rows {
			mask = g.Input("rows", n, 1)
		}
		xs, ms := make([]float64, n*k), make([]float64, mask.shape.Size())
		for i := range ms {
			ms[i] = float64(rng.IntN(2))
		}
		for i := range xs {
			xs[i] = 0.5 + rng.Float64()
			if ms[i*len(ms)/len(xs)] == 0 {
				xs[i] = bad[rng.IntN(len(bad))]
			}
		}
		second := func(operand *Node) []*Node {
			f := chain(rand.New(rand.NewPCG(seed, 1)), operand, length, rows)
			y := mask.Where(f, x.Tanh())
			d, err := Grad(y.Square().Sum(), x)
			require.NoError(rt, err)
			dd, err := Grad(d[0].Sum(), x)
			require.NoError(rt, err)
			return []*Node{y, d[0], dd[0]}
		}
		outputs := append(second(x), second(mask.Where(x, g.Scalar(0.75)))...)
		feeds := []Feed{x.Feed(dense.Wrap(x.shape, xs)), mask.Feed(dense.Wrap(mask.shape, ms))}
		values, err := Interpret(feeds, outputs...)
		require.NoError(rt, err)
		p, err := Compile(outputs[0], outputs[1:]...)
		require.NoError(rt, err)
		out, err := p.Run(feeds...)
		require.NoError(rt, err)
		for i := range 3 {
			want := values[3+i].Float64s()
			for j := range want {
				if ms[j*len(ms)/len(want)] != 0 && !(math.Abs(want[j]) < 1e100) {
					continue // a taken branch that is undefined itself
				}
				// The two graphs compute the same numbers in different order; a
				// chain enlarges roundings of 1e-16, but not to a billionth.
				eps := 1e-9 * (1 + math.Abs(want[j]))
				require.InDelta(rt, want[j], values[i].Float64s()[j], eps, "order %d, element %d, interpreted", i, j)
				require.InDelta(rt, want[j], out.Value(i).Float64s()[j], eps, "order %d, element %d, compiled", i, j)
			}
		}
	})
}

package autodiff_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// A sparseCase is a matrix of some rows and columns, and the same as a dense one.
type sparseCase struct {
	values, columns, ends, full *tensor.Dense
}

func newSparseCase(rng *rand.Rand, dt tensor.Dtype, rows, columns, inRow int) sparseCase {
	full := zeros(dt, rows, columns)
	var values []float64
	var at, ends []int
	for i := range rows {
		for k := range rng.IntN(inRow + 1) {
			c := min(k*columns/inRow+rng.IntN(2), columns-1) // may occur twice
			v := float64(float32(rng.NormFloat64()))
			values, at = append(values, v), append(at, c)
			set(full, i*columns+c, number(part(full, i*columns+c))+v)
		}
		ends = append(ends, len(at))
	}
	values, at = append(values, 9), append(at, columns-1) // of no row
	v := zeros(dt, len(values))
	for i, x := range values {
		set(v, i, x)
	}
	return sparseCase{v, classes(at...), classes(ends...), full}
}

// record records the product with the sparse matrix, that with the full one, and their
// gradients.
func (c sparseCase) record(t *testing.T, dt tensor.Dtype, width int) (feeds []autodiff.Feed, sparse, full []*node) {
	g := autodiff.NewGraph(dt)
	s := autodiff.Sparse{Values: g.Input("v", c.values.Shape()...), Columns: g.Labels("c", c.columns.Shape()[0]), Ends: g.Labels("e", c.ends.Shape()[0])}
	m, b := g.Input("m", c.full.Shape()...), g.Input("b", c.full.Shape()[1], width)
	weights := zeros(dt, c.full.Shape()[1], width)
	for i := range weights.Shape().TotalSize() {
		set(weights, i, float64(i%13)/8-0.7)
	}
	of := func(y *node) []*node {
		grads, err := autodiff.Grad(y.Mul(y).MulScalar(0.5).Sum(), b)
		require.NoError(t, err)
		return append(grads, y)
	}
	feeds = []autodiff.Feed{s.Values.Feed(c.values), s.Columns.Feed(c.columns), s.Ends.Feed(c.ends), m.Feed(c.full), b.Feed(weights)}
	return feeds, of(s.MatMul(b)), of(m.MatMul(b))
}

// Products and gradients are those of the same matrix with its zeros, and to the last
// bit the same on one core and on several.
func TestSparseIsTheFullMatrix(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, size := range []struct{ rows, columns, inRow, width int }{{7, 5, 3, 2}, {1, 4, 2, 1}, {900, 70, 60, 3}, {3000, 11, 40, 1}} {
		for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprint(size, dt), func(t *testing.T) {
				c := newSparseCase(rng, dt, size.rows, size.columns, size.inRow)
				feeds, sparse, full := c.record(t, dt, size.width)
				p, err := autodiff.Compile(sparse[0], append(sparse[1:], full...)...)
				require.NoError(t, err)
				var first []*tensor.Dense
				for _, cores := range []int{1, 2, 3} {
					before := runtime.GOMAXPROCS(cores)
					out, err := p.Run(feeds...)
					runtime.GOMAXPROCS(before)
					require.NoError(t, err)
					for k := range sparse {
						eps := map[tensor.Dtype]float64{tensor.Float64: 1e-13, tensor.Float32: 3e-5}[dt] * float64(size.inRow) * float64(1+size.rows/20)
						for i := range sparse[k].Shape().Size() {
							assert.InDelta(t, number(part(out.Value(len(sparse)+k), i)), number(part(out.Value(k), i)), eps)
						}
						if cores == 1 {
							first = append(first, out.Value(k))
						} else {
							assert.Equal(t, first[k].Data(), out.Value(k).Data(), "bits on %d cores", cores)
						}
					}
				}
			})
		}
	}
}

// The derivatives are ops themselves, which have derivatives for values and factor.
func TestSparseDerivatives(t *testing.T) {
	c := newSparseCase(rand.New(rand.NewPCG(5, 6)), tensor.Float64, 4, 5, 3)
	b := zeros(tensor.Float64, 5, 2)
	for i := range 10 {
		set(b, i, 0.3+float64(i)/7)
	}
	f := func(in ...*node) *node {
		y := autodiff.Sparse{Values: in[0], Columns: in[2], Ends: in[3]}.MatMul(in[1])
		grads, err := autodiff.Grad(y.Mul(y).Sum(), in[0], in[1])
		require.NoError(t, err)
		return autodiff.Concat(0, grads[0].Reshape(-1), grads[1].Reshape(-1))
	}
	in := []*tensor.Dense{c.values, b, c.columns, c.ends}
	gradcheck.Op(t, f, in)
	gradcheck.Grad2(t, f, in)
}

// A run allocates nothing.
func TestSparseAllocatesNothing(t *testing.T) {
	c := newSparseCase(rand.New(rand.NewPCG(7, 8)), tensor.Float32, 2000, 30, 40)
	feeds, sparse, _ := c.record(t, tensor.Float32, 2)
	p, err := autodiff.Compile(sparse[0], sparse[1])
	require.NoError(t, err)
	assert.Zero(t, testing.AllocsPerRun(5, func() {
		_, err := p.Run(feeds...)
		require.NoError(t, err)
	}))
}

func TestSparseFeedsAreChecked(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	for _, m := range autodiff.SparseMore(zeros(tensor.Float64, 2), classes(0, 1), classes(1, 2, 2)) {
		if m.Value.Dtype() == tensor.Int {
			g.Labels(m.Name, m.Value.Shape()[0])
		} else {
			g.Input(m.Name, m.Value.Shape()...)
		}
	}
	s := g.GivenSparse()
	y := s.MatMul(g.Input("b", 4, 3))
	p, err := autodiff.Compile(y)
	require.NoError(t, err)
	for want, in := range map[string][2]*tensor.Dense{
		"": {classes(3, 0), classes(0, 1, 2)},
		"sparse.columns: example 0 has label 4, want 0 to 3":  {classes(4, 0), classes(0, 1, 2)},
		"sparse.ends: example 2 has label 3, want 0 to 2":     {classes(3, 0), classes(0, 1, 3)},
		"sparse.columns: example 1 has label -1, want 0 to 3": {classes(3, -1), classes(0, 1, 2)},
	} {
		feeds := []autodiff.Feed{s.Values.Feed(zeros(tensor.Float64, 2)), s.Columns.Feed(in[0]), s.Ends.Feed(in[1]), g.Given("b").Feed(zeros(tensor.Float64, 4, 3))}
		_, err := p.Run(feeds...)
		_, interpreted := autodiff.Interpret(feeds, y)
		if want == "" {
			assert.NoError(t, err)
			assert.NoError(t, interpreted)
			continue
		}
		assert.ErrorContains(t, err, want)
		assert.ErrorContains(t, interpreted, want)
	}
}

package gemm

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
	"declive/internal/kernel/vec"
)

// longProducts are products with a long k, for every path.
var longProducts = map[string]product{
	"dots":           {m: 2, n: 3, k: 1 << 19, transB: true, alpha: 1},
	"dots, packed B": {m: 2, n: 3, k: 1<<18 + 5, alpha: 1},
	"dot":            {m: 1, n: 1, k: 1<<20 + 1, alpha: 1},
	"rows":           {m: 5, n: 1, k: 1 << 18, transB: true, alpha: 1},
	"vector matrix":  {m: 1, n: 2, k: 1<<20 - 1, alpha: 1},
	"matrix vector":  {m: 2, n: 1, k: 1 << 20, transA: true, alpha: 1},
	"columns":        {m: 67, n: 3, k: 1<<16 + 3, transA: true, alpha: 1},
	"direct":         {m: 2, n: 2, k: 1 << 20, transA: true, alpha: 1},
	"direct, many":   {m: 29, n: 16, k: 1 << 16, transA: true, alpha: 1},
	"packed":         {m: 2, n: 2, k: 1 << 20, transA: true, transB: true, alpha: 1},
	"packed, many":   {m: 29, n: 17, k: 1 << 16, transA: true, transB: true, alpha: 1},
	"with a tail":    {m: 2, n: 3, k: longSum + 1, transB: true, alpha: 2, beta: 1, bias: true, act: vec.ReLU},
}

// TestLongSums looks at the first and the last element of long products.
func TestLongSums(t *testing.T) {
	if testing.Short() {
		t.Skip("products of millions")
	}
	for name, p := range longProducts {
		t.Run(name, func(t *testing.T) {
			testLongSum[float32](t, p)
			testLongSum[float64](t, p)
		})
	}
}

// testLongSum multiplies positive numbers.
//
// All partial sums of ones are integers, and pairwise sums of more than 2²⁴ are
// those of equal numbers, so that products of ones are exact.
//
// A term takes part in at most chain additions, 768 in a block, 2¹⁵/128 of blocks
// and 20 of pieces, each off by half a unit. If all round to one side, as with
// equal terms they may, the error is chain/2 units. Roundings of random terms are
// independent, uniform within half a unit, or 0.29 units in the root mean square:
// √chain of them make less than 10, of which 4·log₂ k units are more than 6.
func testLongSum[F kernel.Float](t *testing.T, p product) {
	const chain = 768 + longSum/128 + 20
	random := rand.New(rand.NewPCG(3, 4)).Float64
	for _, c := range []struct {
		name string
		fill func(x []F)
		ulp  float64
	}{
		{"ones", func(x []F) { fill(x, 1) }, 0},
		{"equal", func(x []F) { fill(x, 0.7) }, chain / 2},
		{"random", func(x []F) {
			for i := range x {
				x[i] = F(random())
			}
		}, 4 * float64(bits.Len(uint(p.k)))},
	} {
		o := zeroMatrices[F](product{m: p.m, n: p.n, transA: p.transA, transB: p.transB, k: p.k, bias: p.bias})
		for _, x := range [][]F{o.a, o.b, o.c, o.bias} {
			c.fill(x)
		}
		before := slices.Clone(o.c)
		first, last := o.exact(p, before, 0, 0), o.exact(p, before, p.m-1, p.n-1)
		kerneltest.EachISA(t, func(t *testing.T) {
			copy(o.c, before)
			o.run(p)
			for at, want := range map[int]float64{0: first, (p.m-1)*o.ldc + p.n - 1: last} {
				got := o.c[at]
				assert.LessOrEqual(t, math.Abs(float64(got)-want), c.ulp*kerneltest.ULP(F(want)), "%s: Run(%v) = %v, want %v", c.name, p, got, want)
			}
		})
	}
}

func fill[F kernel.Float](x []F, v F) {
	for i := range x {
		x[i] = v
	}
}

// exact is element with the rounding errors of its sum added up beside it.
func (o matrices[F]) exact(p product, c []F, i, j int) float64 {
	rowA, stepA, stepB, colB := o.strides(p)
	var sum, lost float64
	add := func(x, y float64) {
		term := float64(x * y) // not fused with the sum
		lost += math.FMA(x, y, -term)
		s := sum + term
		lost += term - (s - sum) // of positive terms the sum is the larger
		sum = s
	}
	for q := range p.k {
		add(float64(o.a[i*rowA+q*stepA]), float64(o.b[q*stepB+j*colB]))
	}
	sum, lost = p.alpha*sum, p.alpha*lost
	if p.beta != 0 {
		add(p.beta, float64(c[i*o.ldc+j]))
	}
	if p.bias {
		add(1, float64(o.bias[j]))
	}
	return sum + lost
}

// Products of more than 2²⁴ ones on every path that few rows and columns take; those of many
// differ from them within a piece only. Both factors are the same memory.
func TestManyOnes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 200 MB")
	}
	const k, most = 1<<24 + 1<<18, 3
	ones := slices.Repeat([]float32{1}, most*k)
	for name, p := range longProducts {
		if p.m > most || p.n > most || p.act != vec.Copy {
			continue
		}
		lda, ldb := k, p.n
		if p.transA {
			lda = p.m
		}
		if p.transB {
			ldb = k
		}
		kerneltest.EachISA(t, func(t *testing.T) {
			c := make([]float32, p.m*p.n)
			New[float32](p.m, p.n, k, p.transA, p.transB, lda, ldb, p.n).Run(1, ones, ones, 0, c, Epilogue[float32]{})
			for i, v := range c {
				assert.EqualValues(t, k, v, "%s, element %d", name, i)
			}
		})
	}
}

package bridge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/blas/testblas"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"

	"declive/autodiff/bridge"
)

// Gonum's own tests of the routines that are replaced, also with its many small
// cases on our kernels.
func TestGonumSuite(t *testing.T) {
	testblas.TestDgemm(t, bridge.BLAS{})
	testblas.TestDgemm(t, bridge.Kernels{})
	testblas.TestDgemm(t, asDouble{bridge.BLAS{}})
	testblas.TestDgemm(t, asDouble{bridge.Kernels{}})
}

// asDouble is Sgemm as Dgemm: gonum's cases are exact in float32.
type asDouble struct{ blas.Float32Level3 }

func (s asDouble) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	out := narrow(c)
	s.Sgemm(tA, tB, m, n, k, float32(alpha), narrow(a), lda, narrow(b), ldb, float32(beta), out, ldc)
	for i, x := range out {
		c[i] = float64(x)
	}
}

func narrow(x []float64) []float32 {
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = float32(v)
	}
	return out
}

// Products agree with gonum's, in submatrices too, and leave what lies between
// their rows. A sum of k products of numbers below 1 has a rounding error below
// k²·ε in either order.
func TestProductsAgree(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, size := range [][3]int{{1, 1, 1}, {1, 7, 300}, {5, 1, 9}, {37, 41, 53}, {129, 65, 257}, {3, 200, 2}} {
		m, n, k := size[0], size[1], size[2]
		for _, tA := range []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans} {
			for _, tB := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				for _, beta := range []float64{0, 1, -0.5} {
					lda, ldb, ldc := max(m, k)+3, max(n, k)+1, n+2
					a, b := numbers(rng, max(m, k)*lda), numbers(rng, max(n, k)*ldb)
					want := numbers(rng, m*ldc)
					got, narrowed := append([]float64(nil), want...), narrow(want)
					gonum.Implementation{}.Dgemm(tA, tB, m, n, k, 0.75, a, lda, b, ldb, beta, want, ldc)
					bridge.Kernels{}.Dgemm(tA, tB, m, n, k, 0.75, a, lda, b, ldb, beta, got, ldc)
					bridge.Kernels{}.Sgemm(tA, tB, m, n, k, 0.75, narrow(a), lda, narrow(b), ldb, float32(beta), narrowed, ldc)
					bound := float64(k*k+4) * 0x1p-52
					for i := range want {
						require.InDelta(t, want[i], got[i], bound, "%v %v %v element %d", size, tA, tB, i)
						require.InDelta(t, want[i], narrowed[i], bound*0x1p29, "%v %v %v element %d", size, tA, tB, i)
					}
				}
			}
		}
	}
}

func numbers(rng *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = 2*rng.Float64() - 1
	}
	return x
}

func TestProductsPanicAsGonum(t *testing.T) {
	x := make([]float64, 6)
	for _, c := range []struct {
		tA            blas.Transpose
		m, n, k       int
		lda, ldb, ldc int
	}{
		{0, 2, 2, 2, 2, 2, 2}, {blas.NoTrans, -1, 2, 2, 2, 2, 2}, {blas.NoTrans, 2, -1, 2, 2, 2, 2}, {blas.NoTrans, 2, 2, -1, 2, 2, 2},
		{blas.NoTrans, 2, 2, 2, 1, 2, 2}, {blas.Trans, 2, 2, 3, 1, 2, 2}, {blas.NoTrans, 2, 2, 2, 2, 1, 2}, {blas.NoTrans, 2, 2, 2, 2, 2, 1},
		{blas.NoTrans, 9, 2, 2, 2, 2, 2}, {blas.NoTrans, 2, 9, 2, 2, 9, 9}, {blas.NoTrans, 2, 2, 9, 9, 2, 2},
	} {
		call := func(d testblas.Dgemmer) (message any) {
			defer func() { message = recover() }()
			d.Dgemm(c.tA, blas.NoTrans, c.m, c.n, c.k, 1, x, c.lda, x, c.ldb, 0, make([]float64, 6), c.ldc)
			return nil
		}
		want := call(gonum.Implementation{})
		assert.NotNil(t, want, "%+v", c)
		assert.Equal(t, want, call(bridge.BLAS{}), "%+v", c)
	}
}

// C is not read where beta is 0, and scaled where there is nothing to add.
func TestProductsScale(t *testing.T) {
	c := []float64{3}
	bridge.Kernels{}.Dgemm(blas.NoTrans, blas.NoTrans, 1, 1, 1, 0, []float64{2}, 1, []float64{4}, 1, 2, c, 1)
	assert.Equal(t, []float64{6}, c)
	bridge.Kernels{}.Dgemm(blas.NoTrans, blas.NoTrans, 1, 1, 0, 1, nil, 1, nil, 1, 2, c, 1)
	assert.Equal(t, []float64{12}, c)
	c[0] = math.NaN()
	bridge.Kernels{}.Dgemm(blas.NoTrans, blas.NoTrans, 1, 1, 1, 1, []float64{2}, 1, []float64{4}, 1, 0, c, 1)
	assert.Equal(t, []float64{8}, c)
}

func TestUseKernels(t *testing.T) {
	restore := bridge.UseKernels()
	assert.Equal(t, bridge.BLAS{}, blas32.Implementation())
	assert.Equal(t, bridge.BLAS{}, blas64.Implementation())
	assert.Equal(t, bridge.BLAS{}, G.WhichBLAS())
	restore()
	assert.Equal(t, gonum.Implementation{}, blas32.Implementation())
	assert.Equal(t, gonum.Implementation{}, blas64.Implementation())
	assert.Equal(t, gonum.Implementation{}, G.WhichBLAS())
}

func ExampleUseKernels() {
	defer bridge.UseKernels()()
	a := mat.NewDense(2, 2, []float64{1, 2, 3, 4})
	var c mat.Dense
	c.Mul(a, a.T())
	fmt.Println(mat.Formatted(&c))
	// Output:
	// ⎡ 5  11⎤
	// ⎣11  25⎦
}

func BenchmarkGemm(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{2, 8, 12, 16, 32, 128, 512, 1024} {
		x, y, z := numbers(rng, n*n), numbers(rng, n*n), make([]float64, n*n)
		for name, impl := range map[string]blas.Float64{"gonum": gonum.Implementation{}, "declive": bridge.BLAS{}} {
			b.Run(fmt.Sprintf("n=%d/lib=%s", n, name), func(b *testing.B) {
				for b.Loop() {
					impl.Dgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, x, n, y, n, 0, z, n)
				}
			})
		}
		xs, ys, zs := narrow(x), narrow(y), narrow(z)
		for name, impl := range map[string]blas.Float32{"gonum": gonum.Implementation{}, "declive": bridge.BLAS{}} {
			b.Run(fmt.Sprintf("n=%d/dtype=float32/lib=%s", n, name), func(b *testing.B) {
				for b.Loop() {
					impl.Sgemm(blas.NoTrans, blas.NoTrans, n, n, n, 1, xs, n, ys, n, 0, zs, n)
				}
			})
		}
	}
}

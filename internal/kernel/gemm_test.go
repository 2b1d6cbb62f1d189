package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestGemm(t *testing.T) { eachImpl(t, testGemms) }

func testGemms(t *testing.T) {
	for _, size := range [][3]int{{0, 3, 2}, {3, 0, 2}, {2, 3, 0}, {1, 1, 4}, {2, 4, 3}, {3, 5, 7}, {5, 9, 2}, {67, 129, 65}, {256, 10, 307}, {10, 307, 256}, {307, 10, 100}, {1, 300, 100}, {300, 1, 100}, {100, 100, 100}, {120, 130, 800}, {257, 307, 10}} {
		for layout := range 4 {
			t.Run(fmt.Sprint(size, layout), func(t *testing.T) {
				testGemm[float32](t, size[0], size[1], size[2], layout&1 != 0, layout&2 != 0, 0x1p-23)
				testGemm[float64](t, size[0], size[1], size[2], layout&1 != 0, layout&2 != 0, 0x1p-52)
			})
		}
	}
}

// testGemm compares with sums in float64. Each of the k products and sums, the
// scalings and the additions of C and bias rounds once, by at most eps/2
// relative to the sum of absolute values of everything added.
func testGemm[F Float](t *testing.T, m, n, k int, transA, transB bool, eps float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	rowsA, lda, rowsB, ldb, ldc := m, k+2, k, n+3, n+1
	if transA {
		rowsA, lda = k, m+2
	}
	if transB {
		rowsB, ldb = n, k+3
	}
	a, b, c := random[F](rng, rowsA*lda), random[F](rng, rowsB*ldb), random[F](rng, m*ldc)
	bias := random[F](rng, n)
	got := append([]F(nil), c...)
	NewGemm[F](m, n, k, transA, transB, lda, ldb, ldc).Run(0.75, a, b, -2, got, Epilogue[F]{Bias: bias, Act: ReLU})
	for i := range m {
		for j := range ldc {
			if j >= n {
				assert.Equal(t, c[i*ldc+j], got[i*ldc+j], "between rows")
				continue
			}
			want := -2*float64(c[i*ldc+j]) + float64(bias[j])
			size := math.Abs(2*float64(c[i*ldc+j])) + math.Abs(float64(bias[j]))
			for p := range k {
				pa, pb := i*lda+p, p*ldb+j
				if transA {
					pa = p*lda + i
				}
				if transB {
					pb = j*ldb + p
				}
				product := 0.75 * float64(a[pa]) * float64(b[pb])
				want += product
				size += math.Abs(product)
			}
			assert.InDelta(t, max(want, 0), float64(got[i*ldc+j]), float64(k+4)*eps*size, "at (%d, %d)", i, j)
		}
	}
}

func random[F Float](rng *rand.Rand, n int) []F {
	x := make([]F, n)
	for i := range x {
		x[i] = F(2*rng.Float64() - 1)
	}
	return x
}

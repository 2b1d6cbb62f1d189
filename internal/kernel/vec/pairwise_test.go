package vec

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// pairwiseSum is what Pairwise documents, for terms that are one number each.
func pairwiseSum[F kernel.Float](x []F) F {
	if len(x) == 1 {
		return x[0]
	}
	half := 1
	for 2*half < len(x) {
		half *= 2
	}
	return pairwiseSum(x[:half]) + pairwiseSum(x[half:])
}

func TestPairwise(t *testing.T) {
	kerneltest.BothTypes(t, testPairwise[float32], testPairwise[float64])
}

func testPairwise[F kernel.Float](t *testing.T) {
	for terms := 1; terms < 70; terms++ {
		p := NewPairwise[F](ReduceSum, 3, terms)
		for range 2 {
			p.Start()
			x := make([]F, terms)
			for i := range x {
				x[i] = 1 / F(i+3)
				for j := range p.Next() {
					p.Next()[j] = x[i] * F(int(1)<<j)
				}
				p.Take()
			}
			want := pairwiseSum(x)
			assert.Equal(t, []F{want, 2 * want, 4 * want}, p.Result(), "%d terms", terms)
		}
	}
}

func TestPairwiseOfNothing(t *testing.T) {
	assert.Equal(t, []float32{0, 0}, NewPairwise[float32](ReduceSum, 2, 0).Result())
	assert.Equal(t, []float64{math.Inf(-1)}, NewPairwise[float64](ReduceMax, 1, 5).Result())
}

// An infinity is not lost, as it is where errors are carried along.
func TestPairwiseInfinity(t *testing.T) {
	p := NewPairwise[float32](ReduceSum, 1, 3)
	for _, v := range []float32{1, float32(math.Inf(1)), 2} {
		p.Next()[0] = v
		p.Take()
	}
	assert.Equal(t, []float32{float32(math.Inf(1))}, p.Result())
}

package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// exactPower returns xᶜ for c that is a multiple of ½, from math/big.
func exactPower(x, c float64) *big.Float {
	base := newBig(x)
	if c != math.Trunc(c) {
		base.Sqrt(base)
		c *= 2
	}
	y := newBig(1)
	for range int(math.Abs(c)) {
		y.Mul(y, base)
	}
	if c < 0 {
		y.Quo(newBig(1), y)
	}
	return y
}

func TestPowerAccuracy(t *testing.T) {
	for _, c := range []float64{2, 3, 4, -1, -2, 0.5, 1.5, -0.5} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			lo, hi, lo32, hi32 := -1e70, 1e70, -1e9, 1e9
			if c != math.Trunc(c) {
				lo, lo32 = 0, 0
			}
			rng := rand.New(rand.NewPCG(1, 2))
			for _, x := range points(rng, 5000, lo, hi) {
				want := exactPower(x, c)
				if f, _ := want.Float64(); f == 0 || math.IsInf(f, 0) {
					continue
				}
				assert.LessOrEqual(t, ulps64(power(x, c), want), 2.0, "%v^%v", x, c)
			}
			for _, v := range points(rng, 5000, lo32, hi32) {
				x := float32(v)
				want, _ := exactPower(float64(x), c).Float64()
				if f := float32(want); x == 0 || f == 0 || math.IsInf(float64(f), 0) {
					continue
				}
				assert.LessOrEqual(t, ulps32(power(x, float32(c)), want), 2.0, "%v^%v", x, c)
			}
		})
	}
}

// Powers that are zero, infinite or NaN are those of math.Pow.
func TestPowerSpecial(t *testing.T) {
	for _, c := range []float64{2, 3, 4, -1, -2, 0.5, 1.5, -0.5, 0, 1, 2.7, math.Inf(1), math.NaN()} {
		for _, x := range special {
			want, got := math.Pow(x, c), power(x, c)
			if want != 0 && !math.IsInf(want, 0) && want == want {
				continue
			}
			same(t, []float64{want}, []float64{got}, "%v^%v", x, c)
			if want == want {
				assert.Equal(t, math.Signbit(want), math.Signbit(got), "sign of %v^%v", x, c)
			}
		}
	}
}

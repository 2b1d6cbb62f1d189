package cause_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"declive/gradcheck/internal/cause"
)

// right is a gradient (3, 4) without relations between its elements, at the point x.
var (
	right = []float64{0.31, -1.27, 0.83, 2.11, -0.47, 1.93, -2.39, 0.59, 1.13, -0.71, 0.17, -1.61}
	x     = []float64{1.2, -0.4, 0.9, -1.5, 0.3, 2.2, -0.8, 0.6, -1.1, 1.7, 0.5, -2.3}
)

// evidence compares a gradient with the right one, to 1e-6.
func evidence(a, n []float64, shape ...int) cause.Evidence {
	e := cause.Evidence{Shape: shape, Complete: true, Rel: 1e-6, Lengths: []int{3, 4, 7}, Inside: func() string { return "" }}
	for i := range a {
		tol := 1e-6 * (math.Abs(n[i]) + 1e-2)
		e.Coords = append(e.Coords, cause.Coord{
			Index: i, X: x[i], Analytic: a[i], Numeric: n[i], Tol: tol, Left: n[i], Right: n[i], Wrong: math.Abs(a[i]-n[i]) > tol,
		})
	}
	return e
}

// each returns f of every element.
func each(f func(i int, n float64) float64) []float64 {
	out := make([]float64, len(right))
	for i, n := range right {
		out[i] = f(i, n)
	}
	return out
}

// Every rule names the mistake that it is for, with the numbers in it.
func TestCauses(t *testing.T) {
	for _, c := range []struct {
		name string
		a    []float64
		want string
	}{
		{"detached", each(func(int, float64) float64 { return 0 }), "0 everywhere"},
		{"clipped", each(func(_ int, n float64) float64 { return max(-1.5, min(1.5, n)) }), "clipped to ±1.5"},
		{"sign of x", each(func(i int, n float64) float64 {
			if x[i] < 0 {
				return n * 0.01
			}
			return n
		}), "only coordinates with x < 0 wrong, and all of these: that branch; there analytic = 0.01 x numeric"},
		{"row", each(func(i int, n float64) float64 {
			if i/4 == 2 {
				return 0
			}
			return n
		}), "only row 2 wrong, the last: a border, an off-by-one, or an incomplete block; it is 0 there"},
		{"columns", each(func(i int, n float64) float64 {
			if i%4 == 0 || i%4 == 2 {
				return n * float64(i+3)
			}
			return n
		}), "only indices 0, 2 of axis 1 wrong"},
		{"few", each(func(i int, n float64) float64 {
			if i == 1 || i == 6 {
				return n + 0.3
			}
			return n
		}), "only [0,1], [1,2] wrong"},
		{"factor", each(func(_ int, n float64) float64 { return 7 * n }), "analytic = 7 x numeric on every coordinate: 7 times too large, the length 7"},
		{"sign", each(func(_ int, n float64) float64 { return -n }), "the sign is wrong"},
		{"factor beside a regulariser", each(func(i int, n float64) float64 { return 2*n + 0.02*x[i] }), "analytic = 2 x numeric +0.02·x"},
		{"shifted", each(func(i int, _ float64) float64 { return right[i/4*4+(i+1)%4] }), "shifted by -1 of 4 along axis 1"},
		{"reversed", each(func(i int, _ float64) float64 { return right[(2-i/4)*4+i%4] }), "reversed along axis 0"},
		{"permuted", each(func(i int, _ float64) float64 { return right[i*5%12] }), "right numbers in other places"},
		{"absolute value", each(func(_ int, n float64) float64 { return math.Abs(n) }), "the signs of some coordinates are wrong"},
		{"regulariser", each(func(i int, n float64) float64 { return n - 0.3*x[i] }), "numeric − analytic = 0.3·x"},
		{"L1", each(func(i int, n float64) float64 { return n - math.Copysign(0.05, x[i]) }), "numeric − analytic = 0.05·sign(x)"},
		{"constant", each(func(_ int, n float64) float64 { return n - 0.25 }), "numeric − analytic = 0.25 on every coordinate"},
		{"constant of a row", each(func(i int, n float64) float64 { return n - 0.25 - 0.1*float64(i/4) }), "the same along axis 1"},
		{"power", each(func(i int, n float64) float64 { return n * x[i] * x[i] }), "|analytic| = 1·|x|^2 x |numeric|"},
		{"reduced", each(func(i int, _ float64) float64 { return right[i%4] + right[4+i%4] + right[8+i%4] }), "the same along axis 0, 1 times the sum"},
		{"imprecise", each(func(i int, n float64) float64 { return n * (1 + 3e-5*float64(i%5-2)) }), "lower precision"},
		{"nothing", each(func(i int, n float64) float64 { return n*n + float64(i%3) }), "no simple relation: cosine"},
	} {
		assert.Contains(t, cause.Of(evidence(c.a, right, 3, 4)), c.want, c.name)
	}
}

// What needs a right gradient of its own.
func TestCausesElsewhere(t *testing.T) {
	n := make([]float64, 12)
	copy(n, right[:7])
	a := append([]float64(nil), n...)
	a[9] = 0.5
	assert.Contains(t, cause.Of(evidence(a, n, 12)), "only coordinates that the function does not depend on wrong")

	square := right[:9]
	a = make([]float64, 9)
	for i := range a {
		a[i] = square[i%3*3+i/3]
	}
	assert.Equal(t, "the gradient is transposed", cause.Of(evidence(a, square, 3, 3)))

	border := append([]float64(nil), right...)
	border[0], border[11] = 7, 9
	assert.Contains(t, cause.Of(evidence(border, right, 12)), "only the border wrong")

	e := evidence(each(func(_ int, n float64) float64 { return n + 1 }), right, 3, 4)
	e.Stale = true
	assert.Contains(t, cause.Of(e), "the same at every point tried")

	e = evidence(each(func(i int, n float64) float64 { return n*n + float64(i%3) }), right, 3, 4)
	e.Inside = func() string { return "the path is dropped" }
	assert.Equal(t, "the path is dropped", cause.Of(e))

	e = evidence(right, right, 3, 4)
	e.Coords[5].Wrong, e.Coords[5].Left, e.Coords[5].Right = true, -1, 2
	assert.Contains(t, cause.Of(e), "a kink at [1,1], and the gradient is outside the slopes -1 and 2")
}

// A factor is named whatever it is, and so is its inverse.
func TestFactors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.Float64Range(0.01, 100).Draw(t, "factor")
		if math.Abs(r-1) < 1e-3 {
			return
		}
		text := cause.Of(evidence(each(func(_ int, n float64) float64 { return -r * n }), right, 3, 4))
		assert.Contains(t, text, "x numeric on every coordinate")
		assert.Contains(t, text, "sign is wrong")
	})
	for r, want := range map[float64]string{
		2: "accumulated twice", 0.5: "one of two", 12: "the length 3·4", 0.25: "4 times too small, the length 4",
		math.Sqrt(7): "the square root of the length 7", 100: "added once for each of 100", 1.37: "a constant factor is wrong",
	} {
		assert.Contains(t, cause.Factor(r, []int{3, 4, 7}), want, r)
	}
}

func TestIndex(t *testing.T) {
	assert.Equal(t, "[]", cause.Index(nil, 0))
	assert.Equal(t, "[7]", cause.Index([]int{9}, 7))
	assert.Equal(t, "[1,0,3]", cause.Index([]int{2, 3, 4}, 15))
}

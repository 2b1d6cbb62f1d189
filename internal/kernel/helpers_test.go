package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// special holds the numbers at which arithmetic has exceptions.
var special = []float64{
	0, math.Copysign(0, -1), 1, -1, math.Inf(1), math.Inf(-1), math.NaN(),
	math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, 0x1p-1022, 0x1p-1060,
	math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat32, -0x1p-130, 0x1p-126, math.MaxFloat32,
}

// lengths runs through both sides of the edges of vectors and blocks.
func lengths() []int {
	n := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 24, 31, 32, 33, 47, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 300}
	return append(n, 1000)
}

// numbers returns n random numbers, some of them special if asked for.
func numbers[F Float](rng *rand.Rand, n int, withSpecial bool) []F {
	x := make([]F, n)
	for i := range x {
		x[i] = F(rng.NormFloat64())
		if withSpecial && rng.IntN(4) == 0 {
			x[i] = F(special[rng.IntN(len(special))])
		}
	}
	return x
}

// guard is what surrounds a guarded slice.
const guard = 12345

// A guarded slice lies between guards, at an offset that misaligns it.
type guarded[F Float] struct {
	all   []F
	slice []F
}

func newGuarded[F Float](offset, n int) guarded[F] {
	all := make([]F, offset+n+70)
	for i := range all {
		all[i] = guard
	}
	return guarded[F]{all, all[offset:][:n:n]}
}

// check requires that nothing outside the slice has changed.
func (g guarded[F]) check(t *testing.T, offset int, msg string) {
	t.Helper()
	for i, v := range g.all {
		if (i < offset || i >= offset+len(g.slice)) && v != guard {
			require.Fail(t, "wrote outside of the slice", "%s: at %d of %d", msg, i-offset, len(g.slice))
		}
	}
}

// same requires that two slices are equal; NaN equals NaN and 0 equals −0.
func same[F Float](t *testing.T, want, got []F, format string, args ...any) {
	t.Helper()
	require.Equal(t, len(want), len(got))
	for i, w := range want {
		if g := got[i]; w != g && (w == w || g == g) {
			require.Fail(t, "differs from the reference", "%s: element %d: got %v, want %v", fmt.Sprintf(format, args...), i, g, w)
		}
	}
}

// bothTypes runs a test of each element type with every implementation.
func bothTypes(t *testing.T, f32, f64 func(t *testing.T)) {
	eachImpl(t, func(t *testing.T) {
		t.Run("float32", f32)
		t.Run("float64", f64)
	})
}

// full returns a matrix of rows×cols with some distance between its rows.
func full[F Float](rng *rand.Rand, rows, cols, gap int) Operand[F] {
	ld := cols + gap
	return Operand[F]{numbers[F](rng, max(0, rows*ld), true), ld, 1}
}

// operands returns an operand of each kind.
func operands[F Float](rng *rand.Rand, rows, cols, gap int) map[string]Operand[F] {
	return map[string]Operand[F]{
		"full":   full[F](rng, rows, cols, gap),
		"row":    {numbers[F](rng, cols, true), 0, 1},
		"column": {numbers[F](rng, rows, true), 1, 0},
		"scalar": {numbers[F](rng, 1, true), 0, 0},
	}
}

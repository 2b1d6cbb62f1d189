package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
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
func numbers[F kernel.Float](rng *rand.Rand, n int, withSpecial bool) []F {
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
type guarded[F kernel.Float] struct {
	all   []F
	slice []F
}

func newGuarded[F kernel.Float](offset, n int) guarded[F] {
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
func same[F kernel.Float](t *testing.T, want, got []F, format string, args ...any) {
	t.Helper()
	require.Equal(t, len(want), len(got))
	for i, w := range want {
		if g := got[i]; w != g && (w == w || g == g) {
			require.Fail(t, "differs from the reference", "%s: element %d: got %v, want %v", fmt.Sprintf(format, args...), i, g, w)
		}
	}
}

// operand returns an operand of the elements of x.
func operand[F kernel.Float](x []F, row, col int) kernel.Operand[F] {
	return kernel.Operand[F]{Data: x, Row: row, Col: col}
}

// full returns a matrix of rows×cols with some distance between its rows.
func full[F kernel.Float](rng *rand.Rand, rows, cols, gap int) kernel.Operand[F] {
	ld := cols + gap
	return operand(numbers[F](rng, max(0, rows*ld), true), ld, 1)
}

// operands returns an operand of each kind.
func operands[F kernel.Float](rng *rand.Rand, rows, cols, gap int) map[string]kernel.Operand[F] {
	return map[string]kernel.Operand[F]{
		"full":   full[F](rng, rows, cols, gap),
		"row":    operand(numbers[F](rng, cols, true), 0, 1),
		"column": operand(numbers[F](rng, rows, true), 1, 0),
		"scalar": operand(numbers[F](rng, 1, true), 0, 0),
	}
}

package vec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// grids holds sizes of matrices: empty, single rows and columns, narrow rows,
// and rows around the edges of vectors and blocks.
var grids = [][2]int{
	{0, 5}, {5, 0}, {1, 1}, {1, 2}, {2, 1}, {3, 4}, {7, 1}, {33, 1}, {5, 3}, {6, 7}, {4, 8}, {9, 10}, {3, 15}, {3, 16},
	{2, 17}, {5, 31}, {3, 33}, {2, 64}, {3, 65}, {2, 130}, {1, 300},
}

func TestBinary(t *testing.T) { kerneltest.BothTypes(t, testBinary[float32], testBinary[float64]) }

func testBinary[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 5))
	for op := range numBinary {
		for _, g := range grids {
			for gap := range 2 {
				as, bs := operands[F](rng, g[0], g[1], gap), operands[F](rng, g[0], g[1], gap)
				for ka, a := range as {
					for kb, b := range bs {
						compareBinary(t, op, g[0], g[1], gap, a, b, ka+" "+kb)
					}
				}
			}
		}
	}
}

// compareBinary compares with the reference, into separate memory and, where
// an operand is a matrix, in place.
func compareBinary[F kernel.Float](t *testing.T, op BinaryOp, rows, cols, gap int, a, b kernel.Operand[F], kinds string) {
	t.Helper()
	ldd := cols + gap
	want := make([]F, rows*ldd)
	for i := range want {
		want[i] = guard
	}
	binaryGeneric(op, rows, cols, want, ldd, &a, &b)
	got := newGuarded[F](rows%5, rows*ldd)
	Binary(op, rows, cols, got.slice, ldd, a, b)
	got.check(t, rows%5, op.String())
	same(t, want, got.slice, "%v of %d×%d %s gap %d", op, rows, cols, kinds, gap)
	for k, o := range []kernel.Operand[F]{a, b} {
		if o.Col != 1 || o.Row != ldd || rows == 0 {
			continue
		}
		ab := [2]kernel.Operand[F]{a, b}
		ab[k].Data = append([]F(nil), o.Data...)
		Binary(op, rows, cols, ab[k].Data, ldd, ab[0], ab[1])
		for i := range rows {
			same(t, want[i*ldd:][:cols], ab[k].Data[i*ldd:][:cols], "%v of %d×%d %s in place", op, rows, cols, kinds)
		}
	}
}

// TestBinaryLong splits a matrix over several calls.
func TestBinaryLong(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(6, 7))
		for _, g := range [][2]int{{1, 70001}, {2, 33001}, {9001, 10}} {
			rows, cols := g[0], g[1]
			a := full[float32](rng, rows, cols, 1)
			b := operand(numbers[float32](rng, rows, true), 1, 0)
			compareBinary(t, Add, rows, cols, 1, a, b, "full column")
			compareBinary(t, Mul, rows, cols, 0, full[float32](rng, rows, cols, 0), full[float32](rng, rows, cols, 0), "full full")
		}
	})
}

func TestBinaryValues(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		op         BinaryOp
		a, b, want float64
	}{
		{Add, 2, 3, 5}, {Sub, 2, 3, -1}, {Mul, 2, 3, 6}, {Div, 3, 2, 1.5},
		{Max, 2, 3, 3}, {Max, 3, 2, 3}, {Max, nan, 1, nan}, {Max, 1, nan, nan}, {Max, nan, nan, nan},
		{Min, 2, 3, 2}, {Min, 3, 2, 2}, {Min, nan, 1, nan}, {Min, 1, nan, nan},
		{Greater, 3, 2, 1}, {Greater, 2, 2, 0}, {Greater, 2, 3, 0}, {Greater, nan, 2, 0}, {Greater, 2, nan, 0},
		{GreaterEqual, 3, 2, 1}, {GreaterEqual, 2, 2, 1}, {GreaterEqual, 2, 3, 0}, {GreaterEqual, nan, nan, 0},
		{Equal, 2, 2, 1}, {Equal, 0, math.Copysign(0, -1), 1}, {Equal, 2, 3, 0}, {Equal, nan, nan, 0},
		{NotEqual, 2, 2, 0}, {NotEqual, 2, 3, 1}, {NotEqual, nan, nan, 1}, {NotEqual, 2, nan, 1},
	} {
		testBinaryValue(t, c.op, c.a, c.b, c.want)
		testBinaryValue(t, c.op, float32(c.a), float32(c.b), float32(c.want))
	}
	assert.Equal(t, "NotEqual", NotEqual.String())
}

func testBinaryValue[F kernel.Float](t *testing.T, op BinaryOp, a, b, want F) {
	kerneltest.EachISA(t, func(t *testing.T) {
		x, y, got, all := make([]F, 19), make([]F, 19), make([]F, 19), make([]F, 19)
		fill(x, a)
		fill(y, b)
		fill(all, want)
		Binary(op, 1, 19, got, 19, operand(x, 19, 1), operand(y, 19, 1))
		same(t, all, got, "%v(%v, %v)", op, a, b)
	})
}

func TestSelect(t *testing.T) { kerneltest.BothTypes(t, testSelect[float32], testSelect[float64]) }

func testSelect[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 9))
	for _, g := range grids {
		rows, cols := g[0], g[1]
		for gap := range 2 {
			ldd := cols + gap
			masks := operands[F](rng, rows, cols, gap)
			as, bs := operands[F](rng, rows, cols, gap), operands[F](rng, rows, cols, gap)
			for km, m := range masks {
				for ka, a := range as {
					for kb, b := range bs {
						want, got := newGuarded[F](0, rows*ldd), newGuarded[F](3, rows*ldd)
						chooseGeneric(rows, cols, want.slice, ldd, &m, &a, &b)
						Select(rows, cols, got.slice, ldd, m, a, b)
						got.check(t, 3, "Select")
						same(t, want.slice, got.slice, "Select of %d×%d %s %s %s", rows, cols, km, ka, kb)
					}
				}
			}
		}
	}
}

func FuzzBinary(f *testing.F) {
	f.Add(uint8(Add), uint8(3), uint8(10), uint8(7), uint64(1))
	f.Fuzz(func(t *testing.T, op, rows, cols, kinds uint8, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 1))
		fuzzBinary[float32](t, rng, BinaryOp(op)%numBinary, int(rows)%40, int(cols), int(kinds))
		fuzzBinary[float64](t, rng, BinaryOp(op)%numBinary, int(rows)%40, int(cols), int(kinds))
	})
}

func fuzzBinary[F kernel.Float](t *testing.T, rng *rand.Rand, op BinaryOp, rows, cols, kinds int) {
	names := []string{"full", "row", "column", "scalar"}
	ka, kb, gap := names[kinds%4], names[kinds/4%4], kinds/16%3
	a, b := operands[F](rng, rows, cols, gap)[ka], operands[F](rng, rows, cols, gap)[kb]
	kerneltest.EachISA(t, func(t *testing.T) { compareBinary(t, op, rows, cols, gap, a, b, ka+" "+kb) })
}

package vec

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

func TestReduceNothing(t *testing.T) {
	dst := []float64{7, 7, 7}
	ReduceRows(ReduceSum, 3, 0, dst, nil, 0)
	assert.Equal(t, []float64{0, 0, 0}, dst)
	ReduceRows(ReduceMax, 3, 0, dst, nil, 0)
	assert.Equal(t, []float64{math.Inf(-1), math.Inf(-1), math.Inf(-1)}, dst)
	ReduceCols(ReduceSum, 0, 3, dst, nil, 0, false)
	assert.Equal(t, []float64{0, 0, 0}, dst)
	ReduceCols(ReduceMax, 0, 3, dst, nil, 0, true)
	assert.Equal(t, []float64{0, 0, 0}, dst)
}

func TestReduce(t *testing.T) {
	x := []float32{
		1, 2, 3, 9,
		4, -5, 6, 9,
	}
	rows, cols := make([]float32, 2), make([]float32, 3)
	ReduceRows(ReduceSum, 2, 3, rows, x, 4)
	assert.Equal(t, []float32{6, 5}, rows)
	ReduceRows(ReduceMax, 2, 3, rows, x, 4)
	assert.Equal(t, []float32{3, 6}, rows)
	ReduceCols(ReduceSum, 2, 3, cols, x, 4, false)
	assert.Equal(t, []float32{5, -3, 9}, cols)
	ReduceCols(ReduceSum, 2, 3, cols, x, 4, true)
	assert.Equal(t, []float32{10, -6, 18}, cols)
	ReduceCols(ReduceMax, 2, 3, cols, x, 4, false)
	assert.Equal(t, []float32{4, 2, 6}, cols)
}

func TestReduceRows(t *testing.T) {
	kerneltest.BothTypes(t, testReduceRows[float32], testReduceRows[float64])
}

// testReduceRows compares with the reference to the bit.
func testReduceRows[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 11))
	for op := range numReduction {
		for _, cols := range lengths() {
			for _, rows := range []int{0, 1, 2, 7} {
				compareReduceRows[F](t, rng, op, rows, cols, cols%3)
			}
		}
		compareReduceRows[F](t, rng, op, 9000, 10, 0)
		compareReduceRows[F](t, rng, op, 2, piece+1, 1)
		compareReduceRows[F](t, rng, op, 2, 5*piece+100, 1)
	}
}

func compareReduceRows[F kernel.Float](t *testing.T, rng *rand.Rand, op Reduction, rows, cols, gap int) {
	t.Helper()
	for _, special := range []bool{false, true} {
		x := numbers[F](rng, rows*(cols+gap)+1, special)[1:]
		want, got := make([]F, rows), newGuarded[F](3, rows)
		for i := range want {
			want[i] = reduceRow(op, x[i*(cols+gap):][:cols])
		}
		ReduceRows(op, rows, cols, got.slice, x, cols+gap)
		got.check(t, 3, op.String())
		same(t, want, got.slice, "%v of %d×%d", op, rows, cols)
	}
}

// reduceRow is the reference of one row of any length.
func reduceRow[F kernel.Float](op Reduction, x []F) F {
	var pieces []F
	for ; len(x) > 0; x = x[min(piece, len(x)):] {
		var one [1]F
		reduceRowsGeneric(op, 1, min(piece, len(x)), one[:], x, len(x))
		pieces = append(pieces, one[0])
	}
	switch {
	case len(pieces) == 0:
		return F(op.identity())
	case op == ReduceMax:
		return maxOf(pieces)
	}
	return pairwiseSum(pieces)
}

// reduceColumn is the reference of one column of any length.
func reduceColumn[F kernel.Float](op Reduction, x []F, ldx int) F {
	var runs []F
	for i := 0; i*ldx < len(x); i += colsRun {
		one := []F{F(op.identity())}
		reduceColsGeneric(op, min(colsRun, (len(x)-1)/ldx+1-i), 1, one, x[i*ldx:], ldx)
		runs = append(runs, one[0])
	}
	if op == ReduceMax {
		return maxOf(runs)
	}
	return pairwiseSum(runs)
}

// TestSumOrder checks the order that ReduceRows documents by the rounding of
// sums, and that the sum is right where there is no rounding.
func TestSumOrder(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(12, 13))
		x := numbers[float32](rng, 150, false)
		var s [64]float32
		for j, v := range x {
			s[j%64] += v
		}
		for n := 32; n > 0; n /= 2 {
			for l := range n {
				s[l] += s[l+n]
			}
		}
		got := make([]float32, 1)
		ReduceRows(ReduceSum, 1, 150, got, x, 150)
		assert.Equal(t, s[0], got[0])
		for i := range x {
			x[i] = float32(i)
		}
		ReduceRows(ReduceSum, 1, 150, got, x, 150)
		assert.Equal(t, float32(149*150/2), got[0])
	})
}

func TestReduceCols(t *testing.T) {
	kerneltest.BothTypes(t, testReduceCols[float32], testReduceCols[float64])
}

func testReduceCols[F kernel.Float](t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 15))
	for op := range numReduction {
		for _, cols := range lengths() {
			for _, rows := range []int{0, 1, 2, 7} {
				compareReduceCols[F](t, rng, op, rows, cols, cols%3)
			}
		}
		compareReduceCols[F](t, rng, op, 9000, 10, 0)
		compareReduceCols[F](t, rng, op, 2*colsRun+1, colsStrip+3, 2)
		compareReduceCols[F](t, rng, op, 3, piece+9, 1)
	}
}

func compareReduceCols[F kernel.Float](t *testing.T, rng *rand.Rand, op Reduction, rows, cols, gap int) {
	t.Helper()
	for _, accumulate := range []bool{false, true} {
		x := numbers[F](rng, rows*(cols+gap)+1, accumulate)[1:]
		want, got := numbers[F](rng, cols, true), newGuarded[F](3, cols)
		copy(got.slice, want)
		if !accumulate {
			fill(want, F(op.identity()))
		}
		if rows <= colsRun || op == ReduceMax {
			reduceColsGeneric(op, rows, cols, want, x, cols+gap)
		} else {
			for j := range want {
				want[j] += reduceColumn(op, x[j:(rows-1)*(cols+gap)+j+1], cols+gap)
			}
		}
		ReduceCols(op, rows, cols, got.slice, x, cols+gap, accumulate)
		got.check(t, 3, op.String())
		same(t, want, got.slice, "%v of %d×%d", op, rows, cols)
	}
}

func FuzzReduce(f *testing.F) {
	f.Add(uint8(ReduceMax), uint8(3), uint16(10), uint64(1))
	f.Fuzz(func(t *testing.T, o, rows uint8, cols uint16, seed uint64) {
		op, m, n := Reduction(o)%numReduction, int(rows)%20, int(cols)%700
		kerneltest.EachISA(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 1))
			compareReduceRows[float32](t, rng, op, m, n, m%3)
			compareReduceRows[float64](t, rng, op, m, n, m%3)
			compareReduceCols[float32](t, rng, op, m, n, m%3)
			compareReduceCols[float64](t, rng, op, m, n, m%3)
		})
	})
}

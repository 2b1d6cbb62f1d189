package kernel

import (
	"math"
	"math/bits"
)

// A Reduction folds many numbers into one.
type Reduction uint8

// The reductions.
const (
	ReduceSum Reduction = iota // the sum; 0 of nothing
	ReduceMax                  // the largest, NaN if one is; −Inf of nothing
	numReduction
)

var reductionNames = [numReduction]string{"ReduceSum", "ReduceMax"}

// String returns the name of the reduction.
func (op Reduction) String() string { return reductionNames[op] }

// ReduceRows reduces each row of a matrix of rows×cols:
//
//	for i := range rows {
//		dst[i] = op(x[i*ldx], …, x[i*ldx+cols-1])
//	}
//
// A sum is taken in an order that depends on cols alone. With L = 64 (float32)
// or 32 (float64), s_l is the sum of the elements j ≡ l mod L in turn, starting
// from zero; then the upper half of s is added to the lower half until one
// number is left. A longer row than 2¹⁵ is summed in pieces of that length, and
// their sums are added up in turn.
//
// The sign of a zero that ReduceMax returns is unspecified.
func ReduceRows[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	if rows <= 0 {
		return
	}
	dst = dst[:rows]
	if cols <= 0 {
		fill(dst, F(op.identity()))
		return
	}
	_ = x[(rows-1)*ldx+cols-1]
	if cols <= piece {
		reduceRows(op, rows, cols, dst, x, ldx)
		return
	}
	for i := range dst {
		reduceLong(op, dst[i:i+1], x[i*ldx:][:cols])
	}
}

// reduceLong sets dst[0] to the reduction of x, piece by piece.
func reduceLong[F Float](op Reduction, dst, x []F) {
	reduceRows(op, 1, piece, dst, x, piece)
	for x = x[piece:]; len(x) > 0; x = x[min(piece, len(x)):] {
		so := dst[0]
		reduceRows(op, 1, min(piece, len(x)), dst, x, piece)
		if op == ReduceSum {
			dst[0] += so
		} else {
			dst[0] = max(dst[0], so)
		}
	}
}

// ReduceCols reduces each column of a matrix of rows×cols, top to bottom:
//
//	for j := range cols {
//		dst[j] = op(x[j], x[ldx+j], …, x[(rows-1)*ldx+j])
//	}
//
// With accumulate, dst[j] itself is the first of the numbers.
func ReduceCols[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int, accumulate bool) {
	if cols <= 0 {
		return
	}
	dst = dst[:cols]
	if rows > 0 {
		_ = x[(rows-1)*ldx+cols-1]
	}
	switch {
	case accumulate:
	case rows > 0:
		copy(dst, x[:cols])
		rows--
		if rows > 0 {
			x = x[ldx:]
		}
	default:
		fill(dst, F(op.identity()))
	}
	if rows > 0 {
		reduceCols(op, rows, cols, dst, x, ldx)
	}
}

// identity is the value of the reduction of nothing.
func (op Reduction) identity() float64 {
	if op == ReduceMax {
		return math.Inf(-1)
	}
	return 0
}

func fill[F Float](dst []F, v F) {
	for i := range dst {
		dst[i] = v
	}
}

// maxLanes is the larger number of partial sums, that of float32.
const maxLanes = 64

// piece is the number of elements of a row that are summed at a time.
const piece = 1 << 15

// lanes returns the number of partial sums of a row, 256 bytes of them.
func lanes[F Float]() int { return maxLanes * 4 / size[F]() }

// reduceRowsGeneric is the reference of ReduceRows.
func reduceRowsGeneric[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	for i := range rows {
		r := x[i*ldx:][:cols]
		if op == ReduceMax {
			dst[i] = maxOf(r)
		} else {
			dst[i] = sumOf(r)
		}
	}
}

// sumOf adds x up in the order that ReduceRows documents.
func sumOf[F Float](x []F) F {
	var s [maxLanes]F
	n := usedLanes[F](len(x))
	for len(x) > n {
		addTo(s[:n], x[:n])
		x = x[n:]
	}
	addTo(s[:n], x)
	return foldSum(s[:n])
}

// usedLanes returns the number of partial sums of n elements, a power of two.
// Those beyond would only add zeros.
func usedLanes[F Float](n int) int {
	return min(lanes[F](), 1<<bits.Len(uint(n-1)))
}

func addTo[F Float](s, x []F) {
	s = s[:len(x)]
	for j, v := range x {
		s[j] += v
	}
}

// foldSum adds the upper half of s to the lower until one number is left.
func foldSum[F Float](s []F) F {
	for n := len(s) / 2; n > 0; n /= 2 {
		addTo(s[:n], s[n:2*n])
	}
	return s[0]
}

func maxOf[F Float](x []F) F {
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	return m
}

// reduceColsGeneric is the reference of ReduceCols; dst holds the first values.
func reduceColsGeneric[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	for i := range rows {
		r := x[i*ldx:][:cols]
		if op == ReduceSum {
			addTo(dst, r)
			continue
		}
		for j, v := range r {
			dst[j] = max(dst[j], v)
		}
	}
}

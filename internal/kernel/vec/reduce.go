package vec

import (
	"math"
	"math/bits"

	"declive/internal/kernel"
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
// their sums are added up pairwise.
//
// The sign of a zero that ReduceMax returns is unspecified.
func ReduceRows[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
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

// reduceLong sets dst[0] to the reduction of x, pairwise of pieces.
func reduceLong[F kernel.Float](op Reduction, dst, x []F) {
	if len(x) <= piece {
		reduceRows(op, 1, len(x), dst, x, len(x))
		return
	}
	middle := split(len(x))
	reduceLong(op, dst, x[:middle])
	so := dst[0]
	reduceLong(op, dst, x[middle:])
	if op == ReduceSum {
		dst[0] += so
	} else {
		dst[0] = max(dst[0], so)
	}
}

// split returns where n elements, more than a piece, are divided: behind the
// largest number of pieces that is a power of two.
func split(n int) int { return piece << (bits.Len(uint((n-1)/piece)) - 1) }

// ReduceCols reduces each column of a matrix of rows×cols:
//
//	for j := range cols {
//		dst[j] = op(x[j], x[ldx+j], …, x[(rows-1)*ldx+j])
//	}
//
// With accumulate, dst[j] itself is the first of the numbers. Up to 512 rows are
// added from top to bottom, and the sums of so many of more rows pairwise; they
// do not include dst, which comes last.
func ReduceCols[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int, accumulate bool) {
	if cols <= 0 {
		return
	}
	dst = dst[:cols]
	if rows > 0 {
		_ = x[(rows-1)*ldx+cols-1]
	}
	switch {
	case rows <= 0 && !accumulate:
		fill(dst, F(op.identity()))
	case rows <= 0:
	case rows <= colsRun || op != ReduceSum:
		reduceRun(op, rows, cols, dst, x, ldx, accumulate)
	default:
		for j := 0; j < cols; j += colsStrip {
			n := min(colsStrip, cols-j)
			reduceTall(op, rows, n, dst[j:j+n], x[j:], ldx, accumulate)
		}
	}
}

const (
	colsRun   = 512  // rows that are added one after the other
	colsStrip = 1024 // columns of which the sums of runs are kept in cache
)

// reduceRun reduces one or more rows from top to bottom.
func reduceRun[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int, accumulate bool) {
	if !accumulate {
		copy(dst, x[:cols])
		if rows--; rows == 0 {
			return
		}
		x = x[ldx:]
	}
	reduceCols(op, rows, cols, dst, x, ldx)
}

// reduceTall reduces runs of rows pairwise.
func reduceTall[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int, accumulate bool) {
	p := borrowPairwise[F](op, cols, (rows+colsRun-1)/colsRun)
	for i := 0; i < rows; i += colsRun {
		reduceRun(op, min(colsRun, rows-i), cols, p.Next(), x[i*ldx:], ldx, false)
		p.Take()
	}
	reduceRun(op, 1, cols, dst, p.Result(), cols, accumulate)
	p.giveBack()
}

// identity is the value of the reduction of nothing.
func (op Reduction) identity() float64 {
	if op == ReduceMax {
		return math.Inf(-1)
	}
	return 0
}

func fill[F kernel.Float](dst []F, v F) {
	for i := range dst {
		dst[i] = v
	}
}

// maxLanes is the larger number of partial sums, that of float32.
const maxLanes = 64

// piece is the number of elements of a row that are summed at a time.
const piece = 1 << 15

// lanes returns the number of partial sums of a row, 256 bytes of them.
func lanes[F kernel.Float]() int { return maxLanes * 4 / kernel.Size[F]() }

// reduceRowsGeneric is the reference of ReduceRows.
func reduceRowsGeneric[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
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
func sumOf[F kernel.Float](x []F) F {
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
func usedLanes[F kernel.Float](n int) int {
	return min(lanes[F](), 1<<bits.Len(uint(n-1)))
}

func addTo[F kernel.Float](s, x []F) {
	s = s[:len(x)]
	for j, v := range x {
		s[j] += v
	}
}

// foldSum adds the upper half of s to the lower until one number is left.
func foldSum[F kernel.Float](s []F) F {
	for n := len(s) / 2; n > 0; n /= 2 {
		addTo(s[:n], s[n:2*n])
	}
	return s[0]
}

func maxOf[F kernel.Float](x []F) F {
	m := x[0]
	for _, v := range x[1:] {
		m = max(m, v)
	}
	return m
}

// reduceColsGeneric is the reference of ReduceCols; dst holds the first values.
func reduceColsGeneric[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
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

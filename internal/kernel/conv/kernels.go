package conv

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// kernels says what the loops of one instruction set and element type look like.
type kernels[F kernel.Float] struct {
	lanes   int // elements of a vector
	vectors int // most vectors of a panel
	assembly[F]
}

// width is the number of columns of a full panel.
func (ks *kernels[F]) width() int { return ks.lanes * ks.vectors }

// plain are the kernels in plain Go.
func plain[F kernel.Float]() *kernels[F] {
	return &kernels[F]{lanes: genericLanes, vectors: 1}
}

// panels calls f for every panel of n columns: with its first column, the number
// of its columns, and that with zeros behind them up to whole vectors.
func (ks *kernels[F]) panels(n int, f func(from, cols, padded int)) {
	for from := 0; from < n; from += ks.width() {
		cols := min(ks.width(), n-from)
		f(from, cols, kernel.RoundUp(cols, ks.lanes))
	}
}

// transposeInto writes the transpose of src, rows×cols, to dst, whose rows of ldd
// elements end in zeros.
func transposeInto[F kernel.Float](dst []F, ldd int, src []F, lds, rows, cols int) {
	vec.Transpose(rows, cols, dst, ldd, src, lds)
	if rows < ldd {
		for i := range cols {
			clear(dst[i*ldd+rows : (i+1)*ldd])
		}
	}
}

// packRows copies rows of n elements, lds apart, into panels, of which each has all
// rows, with zeros behind the last columns.
func packRows[F kernel.Float](ks *kernels[F], dst, src []F, lds, n, rows int) {
	for from := 0; from < n; from += ks.width() {
		cols := min(ks.width(), n-from)
		copyRows(dst[from*rows:], kernel.RoundUp(cols, ks.lanes), src[from:], lds, cols, rows)
	}
}

// copyRows copies rows of cols elements, lds apart, to where they lie ldd apart,
// with zeros behind them.
func copyRows[F kernel.Float](dst []F, ldd int, src []F, lds, cols, rows int) {
	if ldd == cols && lds == cols {
		copy(dst[:rows*cols], src[:rows*cols])
		return
	}
	for i := range rows {
		row := dst[i*ldd:][:ldd]
		clear(row[copy(row, src[i*lds:][:cols]):])
	}
}

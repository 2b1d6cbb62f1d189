package conv

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

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

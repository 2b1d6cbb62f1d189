package vec

import "declive/internal/kernel"

// Transpose writes the transpose of src, rows×cols, to dst, cols×rows, which
// is separate memory:
//
//	for i := range rows {
//		for j := range cols {
//			dst[j*ldd+i] = src[i*lds+j]
//		}
//	}
func Transpose[F kernel.Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	if rows <= 0 || cols <= 0 {
		return
	}
	_ = dst[(cols-1)*ldd+rows-1]
	_ = src[(rows-1)*lds+cols-1]
	transpose(rows, cols, dst, ldd, src, lds)
}

// transposeGeneric is the reference of Transpose. It goes by squares whose
// rows and columns stay in cache.
func transposeGeneric[F kernel.Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	const block = 16
	for i := 0; i < rows; i += block {
		for j := 0; j < cols; j += block {
			transposeBlock(min(block, rows-i), min(block, cols-j), dst[j*ldd+i:], ldd, src[i*lds+j:], lds)
		}
	}
}

func transposeBlock[F kernel.Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	for j := range cols {
		d := dst[j*ldd:][:rows]
		for i := range d {
			d[i] = src[i*lds+j]
		}
	}
}

//go:build (amd64 || arm64) && !purego

package vec

import "declive/internal/kernel"

func binary[F kernel.Float](op BinaryOp, rows, cols int, dst []F, ldd int, a, b *kernel.Operand[F]) {
	k := assembly[F]()
	if k == nil {
		binaryGeneric(op, rows, cols, dst, ldd, a, b)
		return
	}
	if cols == 1 && ldd == 1 && a.Row <= 1 && b.Row <= 1 {
		rows, cols, a, b = 1, rows, a.Column(), b.Column()
	} else if ldd == cols && a.Flat(cols) && b.Flat(cols) {
		rows, cols = 1, rows*cols
	}
	mode := 2*a.Col + b.Col
	if rows*cols == 1 {
		mode = 3 // a scalar is a vector of one
	}
	f := k.binary[op][mode]
	if f == nil {
		binaryGeneric(op, rows, cols, dst, ldd, a, b)
		return
	}
	s := kernel.Size[F]()
	if rows*cols <= longest {
		f(rows, cols, &dst[0], ldd*s, &a.Data[0], a.Row*s, &b.Data[0], b.Row*s)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			f(min(m, rows-i), min(n, cols-j), &dst[i*ldd+j], ldd*s,
				a.At(i, j), a.Row*s, b.At(i, j), b.Row*s)
		}
	}
}

func choose[F kernel.Float](rows, cols int, dst []F, ldd int, mask, a, b *kernel.Operand[F]) {
	k := assembly[F]()
	if k == nil {
		chooseGeneric(rows, cols, dst, ldd, mask, a, b)
		return
	}
	if cols == 1 && ldd == 1 && mask.Row <= 1 && a.Row <= 1 && b.Row <= 1 {
		rows, cols, mask, a, b = 1, rows, mask.Column(), a.Column(), b.Column()
	} else if ldd == cols && mask.Flat(cols) && a.Flat(cols) && b.Flat(cols) {
		rows, cols = 1, rows*cols
	}
	f := k.choose[4*mask.Col+2*a.Col+b.Col]
	if f == nil {
		chooseGeneric(rows, cols, dst, ldd, mask, a, b)
		return
	}
	s := kernel.Size[F]()
	if rows*cols <= longest {
		f(rows, cols, &dst[0], ldd*s, &mask.Data[0], mask.Row*s, &a.Data[0], a.Row*s, &b.Data[0], b.Row*s)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			f(min(m, rows-i), min(n, cols-j), &dst[i*ldd+j], ldd*s,
				mask.At(i, j), mask.Row*s, a.At(i, j), a.Row*s, b.At(i, j), b.Row*s)
		}
	}
}

// tile returns the size of the parts of a large matrix that one call may take.
func tile(cols int) (m, n int) {
	n = min(cols, longest)
	return longest / n, n
}

func reduceRows[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	k := assembly[F]()
	if k == nil {
		reduceRowsGeneric(op, rows, cols, dst, x, ldx)
		return
	}
	m, _ := tile(cols)
	for i := 0; i < rows; i += m {
		k.reduceRows[op](min(m, rows-i), cols, &dst[i], &x[i*ldx], ldx*kernel.Size[F]())
	}
}

func reduceCols[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	k := assembly[F]()
	if k == nil {
		reduceColsGeneric(op, rows, cols, dst, x, ldx)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			k.reduceCols[op](min(m, rows-i), min(n, cols-j), &dst[j], &x[i*ldx+j], ldx*kernel.Size[F]())
		}
	}
}

func deviations[F kernel.Float](rows, cols int, sum, square, x []F, ldx int, from []F) {
	k := assembly[F]()
	if k == nil {
		deviationsGeneric(rows, cols, sum, square, x, ldx, from)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			k.deviations(min(m, rows-i), min(n, cols-j), &sum[j], &square[j], &x[i*ldx+j], ldx*kernel.Size[F](), &from[j])
		}
	}
}

// strip is the number of columns of a strip that transpose takes at a time: as
// many rows of dst stay in cache.
const strip = 128

func transpose[F kernel.Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	k := assembly[F]()
	s := kernel.Size[F]()
	block := transposed / s
	if k == nil || min(rows, cols) < block {
		transposeGeneric(rows, cols, dst, ldd, src, lds)
		return
	}
	for j := 0; j < cols; j += strip {
		blocks := min(strip, cols-j) / block
		for r := 0; r < rows; r += block {
			i := min(r, rows-block) // the last strip may overlap the one before
			if blocks > 0 {
				k.transpose(blocks, &dst[j*ldd+i], ldd*s, &src[i*lds+j], lds*s)
			}
			if end := j + blocks*block; end < cols && cols-end < block {
				k.transpose(1, &dst[(cols-block)*ldd+i], ldd*s, &src[i*lds+cols-block], lds*s)
			}
		}
	}
}

func convertBytes[F kernel.Float](dst []F, src []byte, scale, shift kernel.Operand[F], ahead []byte) {
	k := assembly[F]()
	if k == nil || len(src) < k.bytesMin {
		convertBytesGeneric(dst, src, scale, shift, ahead)
		return
	}
	k.bytes[2*scale.Col+shift.Col](&dst[0], &src[0], len(src), &scale.Data[0], &shift.Data[0], &ahead[0])
}

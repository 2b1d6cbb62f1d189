//go:build !purego

package kernel

func binary[F Float](op BinaryOp, rows, cols int, dst []F, ldd int, a, b *Operand[F]) {
	k := assembly[F]()
	if k == nil {
		binaryGeneric(op, rows, cols, dst, ldd, a, b)
		return
	}
	if cols == 1 && ldd == 1 && a.Row <= 1 && b.Row <= 1 {
		rows, cols, a, b = 1, rows, a.column(), b.column()
	} else if ldd == cols && a.flat(cols) && b.flat(cols) {
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
	s := size[F]()
	if rows*cols <= longest {
		f(rows, cols, &dst[0], ldd*s, &a.Data[0], a.Row*s, &b.Data[0], b.Row*s)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			f(min(m, rows-i), min(n, cols-j), &dst[i*ldd+j], ldd*s,
				a.at(i, j), a.Row*s, b.at(i, j), b.Row*s)
		}
	}
}

func choose[F Float](rows, cols int, dst []F, ldd int, mask, a, b *Operand[F]) {
	k := assembly[F]()
	if k == nil {
		chooseGeneric(rows, cols, dst, ldd, mask, a, b)
		return
	}
	if cols == 1 && ldd == 1 && mask.Row <= 1 && a.Row <= 1 && b.Row <= 1 {
		rows, cols, mask, a, b = 1, rows, mask.column(), a.column(), b.column()
	} else if ldd == cols && mask.flat(cols) && a.flat(cols) && b.flat(cols) {
		rows, cols = 1, rows*cols
	}
	f := k.choose[4*mask.Col+2*a.Col+b.Col]
	if f == nil {
		chooseGeneric(rows, cols, dst, ldd, mask, a, b)
		return
	}
	s := size[F]()
	if rows*cols <= longest {
		f(rows, cols, &dst[0], ldd*s, &mask.Data[0], mask.Row*s, &a.Data[0], a.Row*s, &b.Data[0], b.Row*s)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			f(min(m, rows-i), min(n, cols-j), &dst[i*ldd+j], ldd*s,
				mask.at(i, j), mask.Row*s, a.at(i, j), a.Row*s, b.at(i, j), b.Row*s)
		}
	}
}

// tile returns the size of the parts of a large matrix that one call may take.
func tile(cols int) (m, n int) {
	n = min(cols, longest)
	return longest / n, n
}

// flat reports whether rows of cols elements follow each other without a gap,
// or are all one scalar.
func (o *Operand[F]) flat(cols int) bool { return o.Row == o.Col*cols }

// column returns a column without gaps, or a scalar, as a row.
func (o *Operand[F]) column() *Operand[F] { return &Operand[F]{o.Data, 0, o.Row} }

// at returns the address of element (i, j).
func (o *Operand[F]) at(i, j int) *F { return &o.Data[i*o.Row+j*o.Col] }

func reduceRows[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	k := assembly[F]()
	if k == nil {
		reduceRowsGeneric(op, rows, cols, dst, x, ldx)
		return
	}
	m, _ := tile(cols)
	for i := 0; i < rows; i += m {
		k.reduceRows[op](min(m, rows-i), cols, &dst[i], &x[i*ldx], ldx*size[F]())
	}
}

func reduceCols[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	k := assembly[F]()
	if k == nil {
		reduceColsGeneric(op, rows, cols, dst, x, ldx)
		return
	}
	m, n := tile(cols)
	for i := 0; i < rows; i += m {
		for j := 0; j < cols; j += n {
			k.reduceCols[op](min(m, rows-i), min(n, cols-j), &dst[j], &x[i*ldx+j], ldx*size[F]())
		}
	}
}

// strip is the number of columns of a strip that transpose takes at a time: as
// many rows of dst stay in cache.
const strip = 128

func transpose[F Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	k := assembly[F]()
	s := size[F]()
	block := 32 / s
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

func convertBytes[F Float](dst []F, src []byte, scale, shift Operand[F], ahead []byte) {
	k := assembly[F]()
	if k == nil || len(src) < k.bytesMin {
		convertBytesGeneric(dst, src, scale, shift, ahead)
		return
	}
	k.bytes[2*scale.Col+shift.Col](&dst[0], &src[0], len(src), &scale.Data[0], &shift.Data[0], &ahead[0])
}

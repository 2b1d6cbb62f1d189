package vec

import "declive/internal/kernel"

// Select chooses between two operands by a mask, all broadcast to rows×cols:
//
//	for i := range rows {
//		for j := range cols {
//			if mask(i, j) != 0 {
//				dst[i*ldd+j] = a(i, j)
//			} else {
//				dst[i*ldd+j] = b(i, j)
//			}
//		}
//	}
//
// A NaN in the mask is not zero. dst may be the memory of an operand that is a
// matrix with the same ldd, and is otherwise separate.
func Select[F kernel.Float](rows, cols int, dst []F, ldd int, mask, a, b kernel.Operand[F]) {
	if rows <= 0 || cols <= 0 {
		return
	}
	_ = dst[(rows-1)*ldd+cols-1]
	mask.Check(rows, cols)
	a.Check(rows, cols)
	b.Check(rows, cols)
	choose(rows, cols, dst, ldd, &mask, &a, &b)
}

// chooseGeneric is the reference of Select.
func chooseGeneric[F kernel.Float](rows, cols int, dst []F, ldd int, mask, a, b *kernel.Operand[F]) {
	for i := range rows {
		d := dst[i*ldd:][:cols]
		m, x, y := mask.Data[i*mask.Row:], a.Data[i*a.Row:], b.Data[i*b.Row:]
		for j := range d {
			v := y[j*b.Col]
			if m[j*mask.Col] != 0 {
				v = x[j*a.Col]
			}
			d[j] = v
		}
	}
}

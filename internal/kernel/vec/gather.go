package vec

import "declive/internal/kernel"

// Gather copies rows of n elements out of a matrix:
//
//	for i, r := range rows {
//		copy(dst[i*ldd:][:n], src[r*lds:][:n])
//	}
func Gather[F kernel.Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	gather(dst, ldd, src, lds, rows, n)
}

// gatherGeneric is the reference of Gather.
func gatherGeneric[F kernel.Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	for i, r := range rows {
		copy(dst[i*ldd:][:n], src[r*lds:][:n])
	}
}

// GatherBytes copies rows of n bytes out of a matrix, converted and
// standardised in the same pass:
//
//	for i, r := range rows {
//		for j := range n {
//			dst[i*ldd+j] = F(src[r*lds+j])*scale(j) + shift(j)
//		}
//	}
//
// scale and shift are one row (Col = 1) or scalars (Col = 0); their Row is
// not used. The product is rounded before the addition.
func GatherBytes[F kernel.Float](dst []F, ldd int, src []byte, lds int, rows []int, n int, scale, shift kernel.Operand[F]) {
	if n <= 0 {
		return
	}
	scale.Check(1, n)
	shift.Check(1, n)
	for i := 0; i < len(rows); i += convertedRows {
		for j := 0; j < n; j += convertedBytes {
			cols := min(convertedBytes, n-j)
			a, b := scale.From(j), shift.From(j)
			for q := i; q < min(i+convertedRows, len(rows)); q++ {
				next := rows[min(q+convertedRows, len(rows)-1)]
				convertBytes(dst[q*ldd+j:][:cols], src[rows[q]*lds+j:][:cols], a, b, src[next*lds+j:][:cols])
			}
		}
	}
}

// Rows come faster from memory when several are read side by side, and the next
// ones are on their way.
const (
	convertedRows  = 4   // at a time
	convertedBytes = 512 // of each, in turns
)

// convertBytesGeneric is the reference of one row of GatherBytes; of ahead, as
// long as src, it makes no use.
func convertBytesGeneric[F kernel.Float](dst []F, src []byte, scale, shift kernel.Operand[F], ahead []byte) {
	for j, v := range src {
		dst[j] = F(F(v)*scale.Data[j*scale.Col]) + shift.Data[j*shift.Col]
	}
}

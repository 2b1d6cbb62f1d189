//go:build (!amd64 && !arm64) || purego

package vec

import "declive/internal/kernel"

func unary[F kernel.Float](op UnaryOp, dst, x []F) { unaryGeneric(op, dst, x) }

func binary[F kernel.Float](op BinaryOp, rows, cols int, dst []F, ldd int, a, b *kernel.Operand[F]) {
	binaryGeneric(op, rows, cols, dst, ldd, a, b)
}

func choose[F kernel.Float](rows, cols int, dst []F, ldd int, mask, a, b *kernel.Operand[F]) {
	chooseGeneric(rows, cols, dst, ldd, mask, a, b)
}

func reduceRows[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	reduceRowsGeneric(op, rows, cols, dst, x, ldx)
}

func reduceCols[F kernel.Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	reduceColsGeneric(op, rows, cols, dst, x, ldx)
}

func deviations[F kernel.Float](rows, cols int, sum, square, x []F, ldx int, from []F) {
	deviationsGeneric(rows, cols, sum, square, x, ldx, from)
}

func transpose[F kernel.Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	transposeGeneric(rows, cols, dst, ldd, src, lds)
}

func gather[F kernel.Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	gatherGeneric(dst, ldd, src, lds, rows, n)
}

func convertBytes[F kernel.Float](dst []F, src []byte, scale, shift kernel.Operand[F], ahead []byte) {
	convertBytesGeneric(dst, src, scale, shift, ahead)
}

func axpby[F kernel.Float](alpha F, x []F, beta F, y []F) { axpbyGeneric(alpha, x, beta, y) }

func dot[F kernel.Float](x, y []F) F { return dotGeneric(x, y) }

func allFinite[F kernel.Float](x []F) bool { return allFiniteGeneric(x) }

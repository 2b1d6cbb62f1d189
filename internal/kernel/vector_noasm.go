//go:build !amd64 || purego

package kernel

func unary[F Float](op UnaryOp, dst, x []F) { unaryGeneric(op, dst, x) }

func binary[F Float](op BinaryOp, rows, cols int, dst []F, ldd int, a, b *Operand[F]) {
	binaryGeneric(op, rows, cols, dst, ldd, a, b)
}

func choose[F Float](rows, cols int, dst []F, ldd int, mask, a, b *Operand[F]) {
	chooseGeneric(rows, cols, dst, ldd, mask, a, b)
}

func reduceRows[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	reduceRowsGeneric(op, rows, cols, dst, x, ldx)
}

func reduceCols[F Float](op Reduction, rows, cols int, dst []F, x []F, ldx int) {
	reduceColsGeneric(op, rows, cols, dst, x, ldx)
}

func transpose[F Float](rows, cols int, dst []F, ldd int, src []F, lds int) {
	transposeGeneric(rows, cols, dst, ldd, src, lds)
}

func gather[F Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	gatherGeneric(dst, ldd, src, lds, rows, n)
}

func convertBytes[F Float](dst []F, src []byte, scale, shift Operand[F], ahead []byte) {
	convertBytesGeneric(dst, src, scale, shift, ahead)
}

func axpby[F Float](alpha F, x []F, beta F, y []F) { axpbyGeneric(alpha, x, beta, y) }

func dot[F Float](x, y []F) F { return dotGeneric(x, y) }

func allFinite[F Float](x []F) bool { return allFiniteGeneric(x) }

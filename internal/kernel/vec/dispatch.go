//go:build (amd64 || arm64) && !purego

package vec

import "declive/internal/kernel"

// The functions in assembly. Distances between rows are in bytes, counts are
// positive, and the letters stand for the operands in order.
type (
	unaryKernel[F kernel.Float]     func(dst, x *F, n int)
	binaryKernel[F kernel.Float]    func(rows, cols int, dst *F, ldd int, a *F, ra int, b *F, rb int)
	chooseKernel[F kernel.Float]    func(rows, cols int, dst *F, ldd int, a *F, ra int, b *F, rb int, c *F, rc int)
	reduceKernel[F kernel.Float]    func(rows, cols int, dst, x *F, ldx int)
	transposeKernel[F kernel.Float] func(blocks int, dst *F, ldd int, src *F, lds int)
	gatherKernel[F kernel.Float]    func(dst *F, ldd int, src *F, lds int, rows, next *int, n int)
	bytesKernel[F kernel.Float]     func(dst *F, src *byte, n int, scale, shift *F, ahead *byte)
)

// kernels holds the assembly for one instruction set and element type. A nil
// function is left to plain Go. Where operands may be a vector or one element
// for each row, the kernel's index has a bit for each, 1 for a vector, the
// first operand in the highest.
type kernels[F kernel.Float] struct {
	unary      [numUnary]unaryKernel[F]
	binary     [numBinary][4]binaryKernel[F]
	choose     [8]chooseKernel[F]
	reduceRows [numReduction]reduceKernel[F]
	reduceCols [numReduction]reduceKernel[F]
	deviations func(rows, cols int, sum, square, x *F, ldx int, from *F)
	bytes      [4]bytesKernel[F]
	bytesMin   int // fewest bytes that it converts
	axpby      func(alpha F, x *F, beta F, y *F, n int)
	dot        func(x, y *F, n int) F
	zeros      func(x *F, n int) F
	gather     gatherKernel[F]
	transpose  transposeKernel[F]
}

func unary[F kernel.Float](op UnaryOp, dst, x []F) {
	k := assembly[F]()
	if k == nil || k.unary[op] == nil {
		unaryGeneric(op, dst, x)
		return
	}
	f := k.unary[op]
	for len(x) > longest {
		f(&dst[0], &x[0], longest)
		dst, x = dst[longest:], x[longest:]
	}
	f(&dst[0], &x[0], len(x))
}

func axpby[F kernel.Float](alpha F, x []F, beta F, y []F) {
	k := assembly[F]()
	if k == nil {
		axpbyGeneric(alpha, x, beta, y)
		return
	}
	for len(x) > longest {
		k.axpby(alpha, &x[0], beta, &y[0], longest)
		x, y = x[longest:], y[longest:]
	}
	k.axpby(alpha, &x[0], beta, &y[0], len(x))
}

func dot[F kernel.Float](x, y []F) F {
	if k := assembly[F](); k != nil {
		return k.dot(&x[0], &y[0], len(x))
	}
	return dotGeneric(x, y)
}

func allFinite[F kernel.Float](x []F) bool {
	k := assembly[F]()
	if k == nil {
		return allFiniteGeneric(x)
	}
	for len(x) > longest {
		if k.zeros(&x[0], longest) != 0 {
			return false
		}
		x = x[longest:]
	}
	return k.zeros(&x[0], len(x)) == 0
}

package vec

import "declive/internal/kernel"

// A BinaryOp is a function of two numbers.
type BinaryOp uint8

// The functions that [Binary] applies. Comparisons give 1 or 0; with a NaN
// all but NotEqual give 0.
const (
	Add          BinaryOp = iota // a + b
	Sub                          // a − b
	Mul                          // a·b
	Div                          // a/b
	Max                          // the larger; NaN if one is; zeros of both signs are equal
	Min                          // the smaller, likewise
	Greater                      // a > b
	GreaterEqual                 // a ≥ b
	Equal                        // a = b
	NotEqual                     // a ≠ b
	numBinary
)

var binaryNames = [numBinary]string{
	"Add", "Sub", "Mul", "Div", "Max", "Min", "Greater", "GreaterEqual", "Equal", "NotEqual",
}

// String returns the name of the function.
func (op BinaryOp) String() string { return binaryNames[op] }

// Binary applies op to two operands, broadcast to rows×cols:
//
//	for i := range rows {
//		for j := range cols {
//			dst[i*ldd+j] = op(a(i, j), b(i, j))
//		}
//	}
//
// dst may be the memory of an operand that is a matrix with the same ldd, and
// is otherwise separate.
func Binary[F kernel.Float](op BinaryOp, rows, cols int, dst []F, ldd int, a, b kernel.Operand[F]) {
	if rows <= 0 || cols <= 0 {
		return
	}
	_ = dst[(rows-1)*ldd+cols-1]
	a.Check(rows, cols)
	b.Check(rows, cols)
	binary(op, rows, cols, dst, ldd, &a, &b)
}

// binaryGeneric is the reference of Binary.
func binaryGeneric[F kernel.Float](op BinaryOp, rows, cols int, dst []F, ldd int, a, b *kernel.Operand[F]) {
	for i := range rows {
		binaryRow(op, dst[i*ldd:][:cols], a.Data[i*a.Row:], a.Col, b.Data[i*b.Row:], b.Col)
	}
}

// binaryRow sets d[j] to op(a[j*ca], b[j*cb]).
func binaryRow[F kernel.Float](op BinaryOp, d, a []F, ca int, b []F, cb int) {
	switch op {
	case Add:
		for j := range d {
			d[j] = a[j*ca] + b[j*cb]
		}
	case Sub:
		for j := range d {
			d[j] = a[j*ca] - b[j*cb]
		}
	case Mul:
		for j := range d {
			d[j] = a[j*ca] * b[j*cb]
		}
	case Div:
		for j := range d {
			d[j] = a[j*ca] / b[j*cb]
		}
	case Max:
		for j := range d {
			d[j] = max(a[j*ca], b[j*cb])
		}
	case Min:
		for j := range d {
			d[j] = min(a[j*ca], b[j*cb])
		}
	default:
		compareRow(op, d, a, ca, b, cb)
	}
}

// compareRow is binaryRow for the comparisons.
func compareRow[F kernel.Float](op BinaryOp, d, a []F, ca int, b []F, cb int) {
	for j := range d {
		x, y := a[j*ca], b[j*cb]
		var holds bool
		switch op {
		case Greater:
			holds = x > y
		case GreaterEqual:
			holds = x >= y
		case Equal:
			holds = x == y
		case NotEqual:
			holds = x != y
		}
		d[j] = 0
		if holds {
			d[j] = 1
		}
	}
}

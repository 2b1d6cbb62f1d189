package kernel

import "unsafe"

// Float is an element type.
type Float interface{ float32 | float64 }

// An Operand is an input of a two-dimensional loop. Its element (i, j) is
// Data[i*Row+j*Col]. Col is 0 or 1 and Row is not negative, so that
//
//	Row = ld, Col = 1    is a matrix with rows ld apart
//	Row = 1,  Col = 0    is one value for each row
//	Row = 0,  Col = 1    is one row, the same for all
//	Row = 0,  Col = 0    is a scalar
type Operand[F Float] struct {
	Data     []F
	Row, Col int
}

// check panics if the operand does not hold rows×cols elements, both positive.
func (o *Operand[F]) check(rows, cols int) {
	_ = o.Data[(rows-1)*o.Row+(cols-1)*o.Col]
}

// size returns the size of an element in bytes.
func size[F Float]() int { return int(unsafe.Sizeof(F(0))) }

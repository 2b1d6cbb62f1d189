package kernel

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

// Check panics if the operand does not hold rows×cols elements, both positive.
func (o *Operand[F]) Check(rows, cols int) {
	_ = o.Data[(rows-1)*o.Row+(cols-1)*o.Col]
}

// At returns the address of element (i, j).
func (o *Operand[F]) At(i, j int) *F { return &o.Data[i*o.Row+j*o.Col] }

// From returns the operand without its first j columns.
func (o Operand[F]) From(j int) Operand[F] {
	o.Data = o.Data[j*o.Col:]
	return o
}

// Flat reports whether rows of cols elements follow each other without a gap,
// or are all one scalar.
func (o *Operand[F]) Flat(cols int) bool { return o.Row == o.Col*cols }

// Column returns a column without gaps, or a scalar, as a row.
func (o *Operand[F]) Column() *Operand[F] { return &Operand[F]{o.Data, 0, o.Row} }

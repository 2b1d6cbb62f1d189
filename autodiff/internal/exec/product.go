package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/vec"
)

// A Product is a product of matrices, with what follows it for each element,
//
//	C = act(op(A)·op(B) + bias)
//	C = α·op(A)·op(B) + β·W       with Onto
//	C = op(A)·op(B) + C           with Adds
//
// where op transposes a matrix that is stored as transposed.
type Product struct {
	M, N, K        int // of op(A), (M, K), and of op(B), (K, N)
	TransA, TransB bool
	A, B, C        int // slots
	Bias           int // slot of what is added to each row, or None
	Act            vec.UnaryOp
	Onto           *Onto
	Adds           bool
	Guards         bool // a result that is not finite makes the run suspect

	// NextA and NextB say how many elements behind the factors those of the next
	// run begin, where that is known, else 0.
	NextA, NextB int
}

// None is the slot of no array.
const None = -1

// An Onto is what a product is added to, with the factors of both: slots.
type Onto struct{ W, Alpha, Beta int }

type productStep[F kernel.Float] struct {
	*Product
	m    *machine[F]
	gemm *gemm.Plan[F]
}

func (p *Product) bind32(m *machine[float32]) step { return bindProduct(m, p) }
func (p *Product) bind64(m *machine[float64]) step { return bindProduct(m, p) }

func bindProduct[F kernel.Float](m *machine[F], p *Product) step {
	s := &productStep[F]{Product: p, m: m}
	s.gemm = gemm.New[F](p.M, p.N, p.K, p.TransA, p.TransB, rowLength(p.M, p.K, p.TransA), rowLength(p.K, p.N, p.TransB), p.N)
	if p.NextA != 0 || p.NextB != 0 {
		s.gemm.Expect(p.NextA, p.NextB)
	}
	return s
}

// rowLength returns the length of a stored row of a matrix that has the shape
// (rows, cols) after transposition.
func rowLength(rows, cols int, trans bool) int {
	if trans {
		return rows
	}
	return cols
}

func (s *productStep[F]) run() {
	slots := s.m.slots
	ep := gemm.Epilogue[F]{Act: s.Act}
	if s.Bias != None {
		ep.Bias = slots[s.Bias]
	}
	alpha, beta := F(1), F(0)
	switch {
	case s.Onto != nil:
		alpha, beta = s.prepareOnto()
	case s.Adds:
		beta = 1
	}
	s.gemm.Run(alpha, slots[s.A], slots[s.B], beta, slots[s.C], ep)
	if s.Guards && !vec.AllFinite(slots[s.C]) {
		s.m.suspect = true
	}
}

// prepareOnto puts what the product adds to in its place, and returns the factors.
func (s *productStep[F]) prepareOnto() (alpha, beta F) {
	slots := s.m.slots
	if from, to := slots[s.Onto.W], slots[s.C]; len(to) > 0 && &from[0] != &to[0] {
		copy(to, from)
	}
	return slots[s.Onto.Alpha][0], slots[s.Onto.Beta][0]
}

package exec

import (
	"declive/internal/kernel"
	"declive/internal/pool"
)

// A Sparse is a product with a matrix S of few elements: the k-th is in column At[k],
// and the rows end at Ends. Of the formulas, over all k of all rows i, Kind says which:
//
//	SparseRows      y[i] += a[k]·b[At[k]]
//	SparseColumns   y[At[k]] += a[k]·b[i]
//	SparseSamples   y[k] += a[i]·b[At[k]], an inner product
//
// Sums are formed in float64.
type Sparse struct {
	Kind              SparseKind
	Elements, Rows    int // of S
	Columns           int // of S; SparseColumns alone
	Width             int // of the dense matrices
	A, At, Ends, B, Y int // slots
}

// A SparseKind is what a product with a sparse matrix computes.
type SparseKind uint8

const (
	SparseRows SparseKind = iota
	SparseColumns
	SparseSamples
)

// A part of a product has at least so many multiplications, and the sums of the parts
// of SparseColumns together at most so many elements.
const (
	sparsePart = 1 << 15
	sparseSums = 1 << 20
)

// parts returns in how many runs of rows the product is computed. It follows from the
// form alone, so that sums do not depend on the number of cores.
func (p *Sparse) parts() int {
	parts := min(p.Rows, p.Elements*p.Width/sparsePart, 64)
	if p.Kind == SparseColumns {
		y := max(1, p.Columns*p.Width)
		parts = min(parts, 8, p.Elements*p.Width/(2*y), sparseSums/y) // adding the parts up takes time, too
	}
	return max(1, parts)
}

type sparseStep[F kernel.Float] struct {
	*Sparse
	m        *machine[F]
	sums     []float64 // of SparseColumns: those of each part; else of one row for each part
	part     func(part int)
	parts    int
	a, b, y  []F
	at, ends []int
}

func (p *Sparse) bind32(m *machine[float32]) step { return bindSparse(m, p) }
func (p *Sparse) bind64(m *machine[float64]) step { return bindSparse(m, p) }

func bindSparse[F kernel.Float](m *machine[F], p *Sparse) step {
	s := &sparseStep[F]{Sparse: p, m: m, parts: p.parts()}
	switch p.Kind {
	case SparseRows:
		s.sums, s.part = make([]float64, s.parts*p.Width), s.rows
	case SparseColumns:
		s.sums, s.part = make([]float64, s.parts*p.Columns*p.Width), s.columns
	case SparseSamples:
		s.part = s.samples
	}
	return s
}

func (s *sparseStep[F]) run() {
	s.a, s.b, s.y = s.m.slots[s.A], s.m.slots[s.B], s.m.slots[s.Y]
	s.at, s.ends = s.m.labels[s.At], s.m.labels[s.Ends]
	if s.Kind == SparseSamples {
		clear(s.y)
		if s.overlap() {
			for part := range s.parts {
				s.part(part)
			}
			return
		}
	}
	if s.parts == 1 {
		s.part(0)
	} else {
		pool.Do(s.parts, s.part)
	}
	if s.Kind == SparseColumns {
		s.join()
	}
}

// overlap reports whether an element is in several rows, as where ends fall.
func (s *sparseStep[F]) overlap() bool {
	from := 0
	for _, end := range s.ends {
		if end < from {
			return true
		}
		from = end
	}
	return false
}

// each calls f for the rows of a part, with the places of their elements.
func (s *sparseStep[F]) each(part int, f func(i, from, to int)) {
	first, last := part*s.Rows/s.parts, (part+1)*s.Rows/s.parts
	from := 0
	if first > 0 {
		from = s.ends[first-1]
	}
	for i := first; i < last; i++ {
		f(i, from, s.ends[i])
		from = s.ends[i]
	}
}

// rows adds up each row by itself.
func (s *sparseStep[F]) rows(part int) {
	p := s.Width
	sum := s.sums[part*p : (part+1)*p]
	s.each(part, func(i, from, to int) {
		clear(sum)
		for k := from; k < to; k++ {
			addScaled(sum, s.a[k], s.b[s.at[k]*p:])
		}
		for j, v := range sum {
			s.y[i*p+j] = F(v)
		}
	})
}

// columns adds the rows of a part to sums of its own.
func (s *sparseStep[F]) columns(part int) {
	p := s.Width
	sums := s.sums[part*s.Columns*p : (part+1)*s.Columns*p]
	clear(sums)
	s.each(part, func(i, from, to int) {
		row := s.b[i*p : (i+1)*p]
		for k := from; k < to; k++ {
			c := s.at[k]
			addScaled(sums[c*p:(c+1)*p], s.a[k], row)
		}
	})
}

// join adds the sums of the parts up, in order.
func (s *sparseStep[F]) join() {
	first, n := s.sums[:len(s.y)], len(s.y)
	for part := 1; part < s.parts; part++ {
		for i, v := range s.sums[part*n : (part+1)*n] {
			first[i] += v
		}
	}
	for i, v := range first {
		s.y[i] = F(v)
	}
}

// samples forms an inner product for each element.
func (s *sparseStep[F]) samples(part int) {
	p := s.Width
	s.each(part, func(i, from, to int) {
		row := s.a[i*p : (i+1)*p]
		for k := from; k < to; k++ {
			sum, b := 0.0, s.b[s.at[k]*p:]
			for j, v := range row {
				sum += float64(float64(v) * float64(b[j]))
			}
			s.y[k] += F(sum)
		}
	})
}

// addScaled adds a·x to sum.
func addScaled[F kernel.Float](sum []float64, a F, x []F) {
	x = x[:len(sum)]
	for j, v := range x {
		sum[j] += float64(float64(a) * float64(v))
	}
}

package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A Move copies pieces of arrays to an array: one for a transpose, a slice or a
// broadcast, one for each operand of a concatenation.
type Move struct {
	Dst    int  // slot
	Clear  bool // the pieces do not fill the array: the rest is 0
	Pieces []Piece
}

// A Piece is an array of some lengths, of two axes or more, that lies in two
// memories with strides of its own in each.
type Piece struct {
	Src                  int // slot
	Lengths              []int
	From, To             []int // strides
	FromOffset, ToOffset int
}

// Add appends a piece of any number of axes, with neighbouring axes joined where
// both memories run through them without a gap.
func (m *Move) Add(p Piece) {
	var lengths, from, to []int
	for i, d := range p.Lengths {
		if d == 1 {
			continue
		}
		k := len(lengths) - 1
		if k >= 0 && from[k] == p.From[i]*d && to[k] == p.To[i]*d {
			lengths[k] *= d
			from[k], to[k] = p.From[i], p.To[i]
			continue
		}
		lengths, from, to = append(lengths, d), append(from, p.From[i]), append(to, p.To[i])
	}
	for len(lengths) < 2 {
		lengths, from, to = append([]int{1}, lengths...), append([]int{0}, from...), append([]int{0}, to...)
	}
	p.Lengths, p.From, p.To = lengths, from, to
	m.Pieces = append(m.Pieces, p)
}

type moveStep[F kernel.Float] struct {
	*Move
	m *machine[F]
}

func (m *Move) bind32(on *machine[float32]) step { return &moveStep[float32]{m, on} }
func (m *Move) bind64(on *machine[float64]) step { return &moveStep[float64]{m, on} }

func (s *moveStep[F]) run() {
	dst := s.m.slots[s.Dst]
	if s.Clear {
		clear(dst)
	}
	if len(dst) == 0 {
		return
	}
	for i := range s.Pieces {
		p := &s.Pieces[i]
		movePiece(p, 0, s.m.slots[p.Src], p.FromOffset, dst, p.ToOffset)
	}
}

// movePiece copies the axes of p from axis on.
func movePiece[F kernel.Float](p *Piece, axis int, src []F, from int, dst []F, to int) {
	if axis == len(p.Lengths)-2 {
		moveMatrix(p.Lengths[axis], p.Lengths[axis+1], src[min(from, len(src)):], p.From[axis], p.From[axis+1], dst[to:], p.To[axis], p.To[axis+1])
		return
	}
	for range p.Lengths[axis] {
		movePiece(p, axis+1, src, from, dst, to)
		from += p.From[axis]
		to += p.To[axis]
	}
}

// moveMatrix copies a matrix with strides (sr, sc) to one with strides (dr, dc).
func moveMatrix[F kernel.Float](rows, cols int, src []F, sr, sc int, dst []F, dr, dc int) {
	switch {
	case rows == 0 || cols == 0:
	case sc == 1 && dc == 1:
		for i := range rows {
			copy(dst[i*dr:i*dr+cols], src[i*sr:])
		}
	case sr == 1 && dc == 1 && sc >= rows && dr >= cols:
		vec.Transpose(cols, rows, dst, dr, src, sc)
	default:
		for i := range rows {
			for j := range cols {
				dst[i*dr+j*dc] = src[i*sr+j*sc]
			}
		}
	}
}

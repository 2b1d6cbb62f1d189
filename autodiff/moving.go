package autodiff

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A moveStep copies blocks of arrays: one for a transpose, a slice or a
// broadcast, one for each operand of a concatenation.
type moveStep[F kernel.Float] struct {
	m     *machine[F]
	dst   int
	zero  bool // the blocks do not fill the result
	moves []blockMove
}

// A blockMove copies an array of the given lengths between two memories that
// each have strides of their own.
type blockMove struct {
	src                  int
	lengths              []int
	from, to             []int // strides
	fromOffset, toOffset int
}

func (m *machine[F]) bindMove(n *Node) step {
	s := &moveStep[F]{m: m, dst: n.id}
	out := n.shape.strides()
	x := n.inputs[0]
	in := x.shape.strides()
	first := blockMove{src: stored(x).id, lengths: n.shape, from: in, to: out}
	switch o := n.op.(type) {
	case transpose:
		first.from = make([]int, len(in))
		for i, axis := range o.axes {
			first.from[i] = in[axis]
		}
	case stretch:
		first.from = x.shape.stretched(len(n.shape))
	case slice:
		first.fromOffset = o.from * in[o.axis]
	case pad:
		s.zero, first.lengths, first.toOffset = true, x.shape, o.before*out[o.axis]
	case concat:
		at := 0
		for _, x := range n.inputs {
			s.add(blockMove{src: stored(x).id, lengths: x.shape, from: x.shape.strides(), to: out, toOffset: at * out[o.axis]})
			at += x.shape[o.axis]
		}
		return s
	}
	s.add(first)
	return s
}

// add appends a block, with neighbouring axes joined where both memories run
// through them without a gap.
func (s *moveStep[F]) add(b blockMove) {
	var lengths, from, to []int
	for i, d := range b.lengths {
		if d == 1 {
			continue
		}
		k := len(lengths) - 1
		if k >= 0 && from[k] == b.from[i]*d && to[k] == b.to[i]*d {
			lengths[k] *= d
			from[k], to[k] = b.from[i], b.to[i]
			continue
		}
		lengths, from, to = append(lengths, d), append(from, b.from[i]), append(to, b.to[i])
	}
	for len(lengths) < 2 {
		lengths, from, to = append([]int{1}, lengths...), append([]int{0}, from...), append([]int{0}, to...)
	}
	b.lengths, b.from, b.to = lengths, from, to
	s.moves = append(s.moves, b)
}

func (s *moveStep[F]) run() {
	dst := s.m.slots[s.dst]
	if s.zero {
		clear(dst)
	}
	if len(dst) == 0 {
		return
	}
	for i := range s.moves {
		b := &s.moves[i]
		moveBlock(b, 0, s.m.slots[b.src], b.fromOffset, dst, b.toOffset)
	}
}

// moveBlock copies the axes of b from axis on.
func moveBlock[F kernel.Float](b *blockMove, axis int, src []F, from int, dst []F, to int) {
	if axis == len(b.lengths)-2 {
		moveMatrix(b.lengths[axis], b.lengths[axis+1], src[min(from, len(src)):], b.from[axis], b.from[axis+1], dst[to:], b.to[axis], b.to[axis+1])
		return
	}
	for range b.lengths[axis] {
		moveBlock(b, axis+1, src, from, dst, to)
		from += b.from[axis]
		to += b.to[axis]
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

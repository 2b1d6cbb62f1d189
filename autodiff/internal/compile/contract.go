package compile

import (
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
	"declive/internal/kernel/vec"
)

// Of two micro-instructions in turn the first may write, to scratch memory, what
// nobody but the second reads. Where both together are a kernel they are one
// pass over memory, with the same roundings: y ± s·x, as in most updates, and
// sums of products, as in the norm of a gradient.

// readOnce reports whether the last micro-instruction writes x, and the member at
// hand is all that reads it, also as a broadcast that is read in place.
func (e *loopEmitter) readOnce(x *Node) bool {
	m := e.member(x)
	return m != nil && m.holds != nil && m.holds.reads == 1 &&
		e.Contract && len(e.micros) > 0 && e.micros[len(e.micros)-1].dst == m.ref
}

// replace takes the last micro-instruction back for another.
func (e *loopEmitter) replace(m micro) { e.micros[len(e.micros)-1] = m }

// addScaled makes one micro-instruction of n, the sum or difference of x and y at
// dst, and a product with a scalar, if one of the two is that. Else it returns
// false.
func (e *loopEmitter) addScaled(f vec.BinaryOp, n *Node, dst ref, x, y ref) bool {
	if f != vec.Add && f != vec.Sub {
		return false
	}
	for i, other := range []ref{y, x} {
		if !e.readOnce(stored(n.inputs[i])) {
			continue
		}
		p := e.micros[len(e.micros)-1]
		if p.Kind != exec.DoBinary || p.Binary != vec.Mul {
			continue
		}
		factor, scale := p.in[0], p.in[1]
		if factor.place == domain.PerLoop {
			factor, scale = scale, factor
		}
		if scale.place != domain.PerLoop || factor.place != dst.place || other.place != dst.place || p.dst.place != dst.place {
			continue
		}
		m := exec.Micro{Kind: exec.DoAddScaled, Signs: [2]int8{1, 1}}
		if f == vec.Sub {
			m.Signs[1-i] = -1
		}
		e.members[e.now].ref = dst
		e.replace(micro{m, dst, []ref{factor, other, scale}})
		return true
	}
	return false
}

// closeProduct makes one micro-instruction of m, the sum n of everything, and its
// operand, if that is a product. Else it returns false.
func (e *loopEmitter) closeProduct(n *Node, m exec.Micro) bool {
	if m.Kind != exec.DoCloseAll || m.Reduce != vec.ReduceSum || !e.readOnce(stored(n.inputs[0])) {
		return false
	}
	p := e.micros[len(e.micros)-1]
	if p.Kind != exec.DoBinary || p.Binary != vec.Mul || p.in[0].place != p.dst.place || p.in[1].place != p.dst.place {
		return false
	}
	m.Kind = exec.DoCloseProduct
	e.replace(micro{m, ref{}, p.in})
	return true
}

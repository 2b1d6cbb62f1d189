package compile

import (
	"slices"

	"declive/autodiff/internal/domain"
	"declive/internal/kernel/vec"
)

// What a loop computes from one array in memory with a few cheap ops need not be stored
// for another loop, which has that array as near: (x − μ)·s of a normalisation, which
// the loops of the gradient read, is computed again from x. It takes a pass over a tile
// in cache for a store and the memory of the whole. What nothing but one other loop
// reads, such as the slope of an activation, moves there with it.

// recompute copies what is cheap into each loop that reads it from memory, and makes
// another graph if there is any. Which loops those will be, the next passes tell.
func (s *state) recompute() {
	if !s.Fuse || s.rows != nil || !s.normalises() {
		return
	}
	t := newState(s.passes, s.graph, s.outputs, s.float32, s.Options)
	t.demand()
	t.partition()
	t.merge()
	s.work += t.work
	r := &recomputer{state: t, to: copier{&graph{}, map[*Node]*Node{}}, again: map[inLoop]*Node{}}
	for _, n := range s.graph.ancestors(s.outputs) {
		r.copy(n)
	}
	if len(r.again) == 0 {
		return
	}
	outputs := make([]*Node, len(s.outputs))
	for i, n := range s.outputs {
		outputs[i] = r.to.done[n]
	}
	s.graph, s.outputs = r.to.graph, outputs
}

// normalises reports whether a large array is taken together with a computed row, as
// statistics of columns are.
func (s *state) normalises() bool {
	for _, n := range s.graph.nodes {
		if !isCheap(n) {
			continue
		}
		for _, x := range n.inputs {
			if at, ok := domain.Of(n.shape).PlaceIn(x.shape, n.shape); ok && at == domain.PerCol && len(stored(x).inputs) > 0 {
				return true
			}
		}
	}
	return false
}

// isCheap reports whether n takes one arithmetic instruction for each of many elements.
func isCheap(n *Node) bool {
	o, ok := n.op.(binary)
	return ok && n.size() > domain.Tile && (o.of == vec.Add || o.of == vec.Sub || o.of == vec.Mul)
}

// A recomputer copies a graph, of which its state knows the loops.
type recomputer struct {
	*state
	to    copier
	again map[inLoop]*Node
}

// inLoop is a value that a loop computes for itself.
type inLoop struct {
	value *Node
	loop  *group
}

// copy copies n, with operands that its loop computes again.
func (r *recomputer) copy(n *Node) {
	in := make([]*Node, len(n.inputs))
	for i, x := range n.inputs {
		in[i] = r.operand(x, r.groupOf[n.id])
	}
	r.to.done[n] = r.to.graph.add(n.op, in, n.shape)
}

// operand returns what stands for x in a loop.
func (r *recomputer) operand(x *Node, g *group) *Node {
	v := stored(x)
	if g == nil || g.kind != loop || r.groupOf[v.id] == g || r.output[v.id] || r.source(v, mostAgain) == nil {
		return r.to.done[x]
	}
	y := r.inLoop(v, g)
	if !y.shape.Equal(x.shape) {
		y = r.to.graph.add(reshape{x.shape}, []*Node{y}, x.shape)
	}
	return y
}

// inLoop returns a copy of v, and of what it takes, for one loop.
func (r *recomputer) inLoop(v *Node, g *group) *Node {
	if y := r.again[inLoop{v, g}]; y != nil {
		return y
	}
	in := make([]*Node, len(v.inputs))
	for i, x := range v.inputs {
		in[i] = r.to.done[x]
		if r.fromSource(v, x) {
			in[i] = r.inLoop(x, g)
		}
	}
	y := r.to.graph.add(v.op, in, v.shape)
	r.again[inLoop{v, g}] = y
	return y
}

// mostAgain is the number of ops, one after the other, that are worth a load.
const mostAgain = 5

// source returns the only large array in memory that v is computed from in its loop, by
// up to so many ops that are cheap or move, or nil.
func (r *recomputer) source(v *Node, most int) *Node {
	if most == 0 || r.groupOf[v.id] == nil || r.groupOf[v.id].kind != loop || !isCheap(v) && !r.moves(v) {
		return nil
	}
	var from *Node
	for _, x := range v.inputs {
		y := stored(x)
		switch {
		case r.fromSource(v, x):
			y = r.source(x, most-1)
		case x.size()*domain.Tile <= v.size()*16 || x.size() <= domain.Tile:
			continue
		case x.size() != v.size() || r.groupOf[y.id] == r.groupOf[v.id] && !r.keeps(r.groupOf[y.id], y):
			return nil
		}
		if y == nil || from != nil && from != y {
			return nil
		}
		from = y
	}
	return from
}

// moves reports whether v is computed in a loop for nothing but one other.
func (r *recomputer) moves(v *Node) bool {
	if _, ok := v.op.(elementwise); !ok || v.size() <= domain.Tile {
		return false
	}
	to := r.groupOf[r.readers[v.id][0].id]
	return to != r.groupOf[v.id] && !slices.ContainsFunc(r.readers[v.id], func(n *Node) bool { return r.groupOf[n.id] != to })
}

// fromSource reports whether the operand x of v is a part of the same chain.
func (r *recomputer) fromSource(v, x *Node) bool {
	return isCheap(x) && r.groupOf[x.id] == r.groupOf[v.id] && x.size() == v.size()
}

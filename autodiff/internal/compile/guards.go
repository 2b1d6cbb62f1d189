package compile

import "slices"

// An input that holds a NaN or an infinity is refused. Looking at every element
// of a minibatch would take a tenth of a small model's training step; but where
// an input is the factor of a product, each of its elements makes part of some
// element of the result, so that a finite result proves a finite input: 0·NaN
// and 0·∞ are NaN. Then the smaller result is looked at, and the input itself
// only if that is not finite.

// guardInputs finds the inputs that a product proves finite.
func (s *state) guardInputs() {
	s.guarded, s.guards = make([]bool, len(s.graph.nodes)), map[*group]bool{}
	for _, x := range s.graph.nodes {
		if _, ok := x.op.(input); !ok || !s.needed[x.id] {
			continue
		}
		for _, n := range s.readers[x.id] {
			if g := s.pieces[n.id]; g.guardsFinite(n, x) {
				s.guarded[x.id], s.guards[g] = true, true
				break
			}
		}
	}
}

// guardsFinite reports whether a result of g that is not finite shows that x, an
// operand of n in g, is not.
func (g *group) guardsFinite(n, x *Node) bool {
	switch g.kind {
	case multiply:
		o, ok := n.op.(convolution)
		return g.product.guardsFinite(x) && (!ok || x == g.product.a && o.spreadsImages())
	case onRows:
		return g.rows.guardsFinite(slices.IndexFunc(n.inputs, func(v *Node) bool { return stored(v) == x }))
	}
	return false
}

// guardsFinite reports whether the i-th operand is guarded inside the blocks.
func (c *rowsCode) guardsFinite(i int) bool {
	for _, p := range []*rowsProgram{c.whole, c.tail} {
		if p != nil && !p.state.guarded[p.operands[i].id] {
			return false
		}
	}
	return true
}

// guardsFinite reports whether the product's result is not finite if its factor x is
// not, and cheaper to look at.
func (p *product) guardsFinite(x *Node) bool {
	size := p.out.size()
	return p.activation == nil && p.onto == nil && size > 0 && size < x.size()
}

// guarding returns the groups that must have run before a parameter is overwritten:
// those that guard, and computations on rows, which may guard inside.
func (s *state) guarding() []*group {
	var out []*group
	for _, n := range s.graph.nodes {
		if g := s.groupOf[n.id]; g != nil && (s.guards[g] || g.kind == onRows) && g.nodes[0] == n {
			out = append(out, g)
		}
	}
	return out
}

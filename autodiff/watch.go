package autodiff

import "slices"

// An input that holds a NaN or an infinity is refused. Looking at every element
// of a minibatch would take a tenth of a small model's training step; but where
// an input is the factor of a product, each of its elements makes part of some
// element of the result, so that a finite result proves a finite input: 0·NaN
// and 0·∞ are NaN. Then the smaller result is looked at, and the input itself
// only if that is not finite.

// watch finds the inputs that a product proves finite.
func (a *analysis) watch() {
	for _, x := range a.graph.nodes {
		if _, ok := x.op.(input); !ok || !a.needed[x.id] {
			continue
		}
		for _, n := range a.users[x.id] {
			if a.unitOf[n.id].watch(n, x) {
				a.watched[x.id] = true
				break
			}
		}
	}
}

// watch makes the unit of n watch its operand x, if it can.
func (u *unit) watch(n, x *Node) bool {
	switch {
	case u.kind == matrixProduct && u.product.proves(x):
		u.product.watch = true
		return true
	case u.kind == blocks:
		return u.blocks.watches(slices.Index(n.inputs, x))
	}
	return false
}

// watches reports whether the i-th operand is watched inside the blocks.
func (b *blockPlans) watches(i int) bool {
	for _, p := range []*blockPlan{b.whole, b.tail} {
		if p != nil && !p.analysis.watched[p.operands[i].id] {
			return false
		}
	}
	return true
}

// proves reports whether the product's result is not finite if its factor x is
// not, and cheaper to look at.
func (p *product) proves(x *Node) bool {
	size := p.out.shape.Size()
	return p.activation == nil && p.onto == nil && size > 0 && size < x.shape.Size()
}

// watchers returns the units that must have run before a parameter is
// overwritten.
func (a *analysis) watchers() []*unit {
	var out []*unit
	for _, n := range a.graph.nodes {
		if u := a.unitOf[n.id]; u != nil && (u.kind == matrixProduct && u.product.watch || u.kind == blocks) && u.nodes[0] == n {
			out = append(out, u)
		}
	}
	return out
}

package lanes

import "declive/autodiff"

// rules holds, for ops that do not compute element by element, how what moves stays
// less than the whole. A rule returns a lane without a node where it does not: the op
// is then recorded by its [stacker].
var rules = map[string]func(b *builder, n *autodiff.Node) lane{
	"Transpose": (*builder).transpose,
	"Reshape":   (*builder).reshape,
	"MatMul":    (*builder).product,
	"Sum":       (*builder).sum,
	"Conv2D":    (*builder).convolution,
	"MaxPool2D": (*builder).channels,
	"Normalize": (*builder).channels,
}

// transpose flips the element of a matrix.
func (b *builder) transpose(n *autodiff.Node) lane {
	l := b.known[n.Inputs()[0]]
	if l.reach != element || len(n.Shape()) != 2 {
		return lane{}
	}
	l.flipped = l.flipped != (n.Attributes()[0] == 1)
	return l
}

// reshape keeps every column, and the element of the same matrix.
func (b *builder) reshape(n *autodiff.Node) lane {
	l := b.known[n.Inputs()[0]]
	if l.reach == element && !sameMatrix(n, n.Inputs()[0]) {
		return lane{}
	}
	return l
}

// product records a matrix product that is an update of low rank:
//
//	y = a·w    w[i, j] moves:        y[:, j] += (w′ − w)·a[:, i]
//	y = c·w    columns j + t·cols of
//	           c move:               y       += Σ_t (c′ − c)[:, t] ⊗ w[j + t·cols, :]
func (b *builder) product(n *autodiff.Node) lane {
	a, w := n.Inputs()[0], n.Inputs()[1]
	la, lw := b.known[a], b.known[w]
	rows, cols, inner := n.Shape()[0], n.Shape()[1], a.Shape()[1]
	switch {
	case la.reach == fixed && lw.reach == element:
		line := b.take(a, rows, inner, 1, 0, lw.flipped)
		return b.update(n, lw.flipped, line.Mul(b.change(w)))
	case la.reach == column && lw.reach == fixed && inner%la.cols == 0:
		parts := inner / la.cols
		lines := b.lines(w, parts, la).Reshape(1, parts, cols, b.lanes)
		d := b.change(a).Reshape(rows, parts, 1, b.lanes)
		return lane{reach: whole, node: b.base(n).Add(d.Mul(lines).SumKeep(1).Reshape(rows, cols, b.lanes))}
	}
	return lane{}
}

// lines returns the rows j + t·cols of a matrix, for all t below parts.
func (b *builder) lines(w *autodiff.Node, parts int, l lane) *autodiff.Node {
	cols := w.Shape()[1]
	g := &gather{data: b.data(w), count: parts * cols, colStep: cols}
	for t := range parts {
		for j := range cols {
			g.places = append(g.places, t*l.cols*cols+j)
		}
	}
	return b.add(g, l.flipped, g.count, b.lanes)
}

// update returns the column of n that a change is added to.
func (b *builder) update(n *autodiff.Node, flipped bool, change *autodiff.Node) lane {
	s := n.Shape()
	l := lane{reach: column, flipped: flipped, cols: s[len(s)-1]}
	l.node = b.columnOf(n, s, l).Add(change)
	return l
}

// base returns all of n before the move, to be added to.
func (b *builder) base(n *autodiff.Node) *autodiff.Node {
	return b.copied(n).Reshape(append(shapeOf(n), 1)...)
}

// change returns what the element or the column of x has moved by.
func (b *builder) change(x *autodiff.Node) *autodiff.Node {
	l := b.known[x]
	if l.reach == column {
		return l.node.Sub(b.columnOf(x, x.Shape(), l))
	}
	_, cols := matrix(x.Shape())
	return l.node.Sub(b.take(x, 1, 0, cols, 1, l.flipped))
}

// sum records a sum over all elements, or over axes that a column crosses, by the
// difference that moved, and a sum along a column by itself.
func (b *builder) sum(n *autodiff.Node) lane {
	x := n.Inputs()[0]
	l, axes, s := b.known[x], n.Attributes(), shapeOf(x)
	last := len(s) - 1
	all := axes[0] == 0 && axes[1] == len(s)
	wide := append(shapeOf(n), b.lanes)
	switch {
	case all && l.reach == element:
		return lane{reach: whole, node: b.base(n).Add(b.change(x).Reshape(wide...))}
	case all && l.reach == column:
		return lane{reach: whole, node: b.base(n).Add(b.change(x).SumKeep(0).Reshape(wide...))}
	case l.reach != column || l.cols != s[last]:
		return lane{}
	case axes[1] <= last:
		l.node = l.node.Reshape(append(s[:last], b.lanes)...).SumKeep(span(axes)...).Reshape(-1, b.lanes)
		return l
	}
	d := b.change(x).Reshape(append(s[:last], b.lanes)...)
	if axes[0] < last {
		d = d.SumKeep(span([]int{axes[0], last})...)
	}
	return lane{reach: whole, node: b.base(n).Add(d.Reshape(wide...))}
}

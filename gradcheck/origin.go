package gradcheck

import (
	"fmt"
	"slices"
	"strings"

	"declive/autodiff"
)

// maxOrigin bounds the work for one node in the search for the place where an
// error comes in: the square of its elements times those of all variables.
const maxOrigin = 1 << 26

// origin looks for the place where an error comes into a gradient that is not the
// graph's own. If the backward pass gives node z a gradient that is wrong by e
// and is right from there on, the error of all variables together is Jᵀe, J the
// derivative of z with respect to them. Few errors of that size are, so the nodes
// of least rank for which some e fits lie around the mistake.
func (c *checker) origin(b int, own [][]float64) string {
	var d []float64
	for k := range own {
		if len(c.report.Vars[k].Coords) > 0 && !c.ownIsRight(k, own) {
			return ""
		}
		for i, g := range own[k] {
			d = append(d, c.grad[k][i]-g)
		}
	}
	g, moves := c.p.graph, c.p.graph.moving(b)
	least, around := len(d), []*autodiff.Node(nil)
	for _, z := range needed(g.output) {
		size := z.Shape().Size()
		if !moves[z] || len(z.Inputs()) == 0 || size > maxOrigin || size*size > maxOrigin/len(d) {
			continue
		}
		rank, ok := g.explains(z, c.x, d)
		switch {
		case !ok || rank > least || 4*rank > 3*len(d):
		case rank < least:
			least, around = rank, []*autodiff.Node{z}
		default:
			around = append(around, z)
		}
	}
	return g.nameOrigin(around)
}

// explains reports whether d = Jᵀe for some e, with J the derivative of z, and the
// rank of J.
func (g *graphProblem) explains(z *autodiff.Node, x [][]float64, d []float64) (rank int, ok bool) {
	rec, r := g.open()
	rec.output = r.node(z)
	vjp, err := rec.derivative()
	if err != nil {
		return 0, false
	}
	rest := slices.Clone(d)
	var basis [][]float64
	e := make([]float64, z.Shape().Size())
	for j := range e {
		clear(e)
		e[j] = 1
		grads, err := vjp(x, e)
		if err != nil {
			return 0, false
		}
		row := slices.Concat(grads...)
		if row = orthogonal(row, basis); row != nil {
			basis = append(basis, row)
			subtract(rest, row, dot(rest, row))
		}
	}
	return len(basis), norm(rest) <= 1e-6*norm(d)
}

// orthogonal returns the part of v that is orthogonal to the basis with length
// 1, or nil where little of v is left.
func orthogonal(v []float64, basis [][]float64) []float64 {
	before := norm(v)
	for range 2 { // once is not accurate enough
		for _, q := range basis {
			subtract(v, q, dot(v, q))
		}
	}
	after := norm(v)
	if !(after > 1e-9*before) {
		return nil
	}
	scale(v, 1/after)
	return v
}

// subtract does v −= s·q.
func subtract(v, q []float64, s float64) {
	for i := range v {
		v[i] -= s * q[i]
	}
}

// nameOrigin names the operations that use the nodes: one of their derivatives is
// wrong.
func (g *graphProblem) nameOrigin(around []*autodiff.Node) string {
	var names []string
	for _, n := range needed(g.output) {
		uses := slices.ContainsFunc(around, func(z *autodiff.Node) bool { return indexOf(n.Inputs(), z) >= 0 })
		if name := place(n); uses && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if slices.Contains(around, g.output) {
		names = append(names, "the incoming gradient")
	}
	if len(names) == 0 || len(names) > 5 {
		return ""
	}
	return fmt.Sprintf("one mistake in the derivative of %s explains the whole error", strings.Join(names, " or "))
}

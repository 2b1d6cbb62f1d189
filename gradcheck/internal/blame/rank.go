package blame

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"declive/autodiff"
	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/trace"
)

// maxWork bounds n²·d for one node in the search for the place where an error comes
// in, n its elements and d those of all variables. Gram and Schmidt's process projects
// n vectors of d numbers twice on up to n others: 2n²d products at most, 1.3e8, a
// tenth of a second at a billion a second.
const maxWork = 1 << 26

// Origin looks for the place where an error comes into a gradient that is not the
// graph's own, which is right, among the nodes that depend on variable b. If the
// backward pass gives node z a gradient that is wrong by e and is right from there on,
// the error of all variables together is Jᵀe, J the derivative of z with respect to
// them. Few errors of that size are, so the nodes of least rank for which some e fits
// lie around the mistake. It returns "" if there is no such place, or too many.
func (c *Case) Origin(b int) string {
	var d []float64
	for k, own := range c.Own {
		for i, g := range own {
			d = append(d, c.Grad[k][i]-g)
		}
	}
	moves := c.Function.Moving(b)
	least, around := len(d), []*autodiff.Node(nil)
	for _, z := range trace.Needed(c.Function.Output) {
		size := z.Shape().Size()
		if !moves[z] || len(z.Inputs()) == 0 || size > maxWork || size*size > maxWork/len(d) {
			continue
		}
		rank, ok := c.explains(z, d)
		switch {
		case !ok || rank > least || 4*rank > 3*len(d): // so large a rank fits most errors
		case rank < least:
			least, around = rank, []*autodiff.Node{z}
		default:
			around = append(around, z)
		}
	}
	return c.nameOrigin(around)
}

// explains reports whether d = Jᵀe for some e, with J the derivative of z, and the
// rank of J.
func (c *Case) explains(z *autodiff.Node, d []float64) (rank int, ok bool) {
	f, r := c.Function.Open()
	f.Output = r.Node(z)
	vjp, err := f.VJP()
	if err != nil {
		return 0, false
	}
	rest := slices.Clone(d)
	var basis [][]float64
	e := make([]float64, z.Shape().Size())
	for j := range e {
		clear(e)
		e[j] = 1
		grads, err := vjp(c.X, e)
		if err != nil {
			return 0, false
		}
		row := slices.Concat(grads...)
		if row = orthogonal(row, basis); row != nil {
			basis = append(basis, row)
			floats.AddScaled(rest, -norm.Dot(rest, row), row)
		}
	}
	return len(basis), norm.Of(rest) <= 1e-6*norm.Of(d)
}

// orthogonal returns the part of v that is orthogonal to the basis with length
// 1, or nil where little of v is left.
func orthogonal(v []float64, basis [][]float64) []float64 {
	before := norm.Of(v)
	for range 2 { // once is not accurate enough
		for _, q := range basis {
			floats.AddScaled(v, -norm.Dot(v, q), q)
		}
	}
	after := norm.Of(v)
	if !(after > 1e-9*before) {
		return nil
	}
	floats.Scale(1/after, v)
	return v
}

// nameOrigin names the operations that use the nodes: one of their derivatives is
// wrong.
func (c *Case) nameOrigin(around []*autodiff.Node) string {
	var names []string
	for _, n := range trace.Needed(c.Function.Output) {
		uses := slices.ContainsFunc(around, func(z *autodiff.Node) bool { return slices.Contains(n.Inputs(), z) })
		if name := place(n); uses && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if slices.Contains(around, c.Function.Output) {
		names = append(names, "the incoming gradient")
	}
	if len(names) == 0 || len(names) > 5 {
		return ""
	}
	return fmt.Sprintf("one mistake in the derivative of %s explains the whole error", strings.Join(names, " or "))
}

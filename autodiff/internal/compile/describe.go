package compile

import (
	"fmt"
	"strings"
)

// String lists the instructions: what each computes, with its shape, the bytes it
// moves to and from memory at most, and its floating-point operations.
func (p *Program) String() string {
	s, size := p.state, p.state.elementSize()
	var b strings.Builder
	fmt.Fprintf(&b, "%d instructions, %d bytes held, %d in use at once\n", len(s.order), s.arena.Size*size, s.arena.Live*size)
	for i, g := range s.order {
		fmt.Fprintf(&b, "%3d  %-44s %12d B %14d flop\n", i, s.describe(g), s.elementsMoved(g)*size, s.flops(g))
	}
	for _, a := range s.copied {
		fmt.Fprintf(&b, "     %-44s %12d B\n", "copy to "+a.param.Name(), 2*a.value.size()*size)
	}
	return b.String()
}

// elementSize returns the bytes of a number.
func (s *state) elementSize() int {
	if s.float32 {
		return 4
	}
	return 8
}

// describe names what a group computes, and where it leaves that.
func (s *state) describe(g *group) string {
	var b strings.Builder
	switch g.kind {
	case loop:
		fmt.Fprintf(&b, "loop %v: ", g.domain)
	case onRows:
		c := g.rows.of
		fmt.Fprintf(&b, "rows %d×%d: %d instructions", c.rows/c.block, c.block, len(g.rows.whole.state.order))
	}
	if g.kind != onRows {
		b.WriteString(g.ops())
	}
	for _, n := range s.results(g) {
		b.WriteString(" → " + s.resultName(n))
	}
	return b.String()
}

// ops returns the names of the members' ops.
func (g *group) ops() string {
	names := make([]string, len(g.nodes))
	for i, n := range g.nodes {
		names[i] = n.op.name()
	}
	return strings.Join(names, "+")
}

func (s *state) resultName(n *Node) string {
	if s.direct != nil && s.direct[n.id] != nil {
		return s.direct[n.id].Name()
	}
	return fmt.Sprintf("%%%d%v", n.id, n.shape)
}

// elementsMoved returns how many elements a group reads and writes.
func (s *state) elementsMoved(g *group) int {
	n := 0
	for _, x := range append(s.operands(g), s.results(g)...) {
		n += x.size()
	}
	return n
}

// flops returns the floating-point operations of a group.
func (s *state) flops(g *group) int {
	switch g.kind {
	case gemm:
		return g.nodes[0].op.flops(g.nodes[0])
	case onRows:
		return flopsOf(g.rows.of.nodes)
	}
	return flopsOf(g.nodes)
}

func flopsOf(nodes []*Node) int {
	sum := 0
	for _, n := range nodes {
		sum += n.op.flops(n)
	}
	return sum
}

package compile

import (
	"fmt"
	"slices"
	"strings"

	"declive/autodiff/internal/exec"
)

// String lists the instructions: what each computes, with its shape, the bytes it
// moves to and from memory at most, and its floating-point operations.
func (p *Program) String() string {
	s, size := p.state, p.state.elementSize()
	held, live := p.Memory()
	var b strings.Builder
	fmt.Fprintf(&b, "%d instructions, %d bytes held, %d in use at once\n", len(s.order), held, live)
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
	case multiply:
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

// explain writes what the last pass has made of the program. What is the same as
// after the pass before is not repeated.
func (s *state) explain() {
	title, lines := s.view()
	text := strings.Join(lines, "")
	if text == s.explained && text != "" {
		text = "\tas before\n"
	} else {
		s.explained = text
	}
	fmt.Fprintf(s.Explain, "%s: %d %s\n%s", s.done, len(lines), title, text)
}

// explainRows writes what was explained of the program for a block of so many rows.
func (s *state) explainRows(size int, text string) {
	if s.Explain != nil {
		fmt.Fprintf(s.Explain, "for %d rows:\n\t%s\n", size, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t"))
	}
}

// view returns the lines that show the work of the last pass, and what they are.
func (s *state) view() (title string, lines []string) {
	switch s.done {
	case "record", "rows", "accumulate", "recompute":
		return "nodes", lineEach(s.graph.ancestors(s.outputs), s.nodeLine)
	case "demand":
		return "values that are needed", lineEach(s.graph.nodes, s.readersLine)
	case "partition":
		return "groups", lineEach(distinctGroups(s.pieces), (*group).line)
	case "merge":
		return "groups", lineEach(s.groups(), s.describe)
	case "guards":
		return "inputs that products guard", lineEach(s.graph.nodes, s.guardLine)
	case "assign":
		return "assignments", lineEach(s.assigns, s.assignLine)
	case "schedule":
		return "groups in order", lineEach(s.order, s.describe)
	case "layout":
		return "buffers of " + fmt.Sprint(s.arena.Size) + " elements", lineEach(s.graph.nodes, s.bufferLine)
	}
	return "instructions", s.instructionLines()
}

// lineEach returns the lines of xs that are not empty.
func lineEach[T any](xs []T, line func(T) string) []string {
	var out []string
	for _, x := range xs {
		if l := line(x); l != "" {
			out = append(out, "\t"+l+"\n")
		}
	}
	return out
}

// nodeLine is %id shape = op of its operands; of a leaf with its name or value.
func (s *state) nodeLine(n *Node) string {
	of := ""
	switch o := n.op.(type) {
	case input:
		of = " " + o.label
	case labels:
		of = " " + o.label
	case parameter:
		of = " " + o.of.Name()
	case scalar:
		of = fmt.Sprintf(" %v", o.value)
	case assign:
		of = " to " + o.to.Name()
	}
	for _, x := range n.inputs {
		of += fmt.Sprintf(" %%%d", x.id)
	}
	return fmt.Sprintf("%%%d %v = %s%s", n.id, n.shape, n.op.name(), of)
}

func (s *state) readersLine(n *Node) string {
	switch {
	case !s.needed[n.id]:
		return ""
	case s.output[n.id]:
		return fmt.Sprintf("%%%d %s: output, read by%s", n.id, n.op.name(), ids(s.readers[n.id]))
	}
	return fmt.Sprintf("%%%d %s: read by%s", n.id, n.op.name(), ids(s.readers[n.id]))
}

// ids lists nodes in recording order.
func ids(nodes []*Node) string {
	if len(nodes) == 0 {
		return " nobody"
	}
	out := ""
	for _, n := range slices.Backward(nodes) {
		out += fmt.Sprintf(" %%%d", n.id)
	}
	return out
}

// distinctGroups returns each group once.
func distinctGroups(of []*group) []*group {
	var out []*group
	known := map[*group]bool{nil: true}
	for _, g := range of {
		if !known[g] {
			known[g] = true
			out = append(out, g)
		}
	}
	return out
}

// line names the group's kind and members.
func (g *group) line() string {
	out := g.ops() + " of" + ids(reversed(g.nodes))
	if g.kind == loop {
		return fmt.Sprintf("loop %v: %s", g.domain, out)
	}
	return out
}

func reversed(nodes []*Node) []*Node {
	out := slices.Clone(nodes)
	slices.Reverse(out)
	return out
}

func (s *state) guardLine(n *Node) string {
	if !s.guarded[n.id] {
		return ""
	}
	return fmt.Sprintf("%%%d %s", n.id, n.op.(input).label)
}

func (s *state) assignLine(n *Node) string {
	v, to := stored(n), n.op.(assign).to
	if s.direct[v.id] == to {
		return fmt.Sprintf("%%%d is written into %s", v.id, to.Name())
	}
	return fmt.Sprintf("%%%d is copied to %s at the end", v.id, to.Name())
}

func (s *state) bufferLine(n *Node) string {
	b := s.buffers[n]
	if b == nil {
		return ""
	}
	return fmt.Sprintf("%%%d at %d … %d, in use from %d to %d", n.id, b.Offset, b.Offset+b.Size-1, b.First, b.Last)
}

// instructionLines lists the instructions, a loop with its micro-instructions.
func (s *state) instructionLines() []string {
	var out []string
	for i, in := range s.code.Instructions {
		text := "\t" + s.describe(s.order[i]) + "\n"
		if l, ok := in.(*exec.Loop); ok {
			text += fmt.Sprintf("\t\ttiles %d × %d blocks, parts %d, scratch %d:%s\n", l.Tiles, l.Tile, l.Parts, l.Scratch, microNames(l))
		}
		out = append(out, text)
	}
	return out
}

func microNames(l *exec.Loop) string {
	out := ""
	for _, m := range l.Micros {
		switch m.Kind {
		case exec.DoUnary:
			out += " " + m.Unary.String()
		case exec.DoBinary:
			out += " " + m.Binary.String()
		default:
			out += " " + m.Kind.String()
		}
	}
	return out
}

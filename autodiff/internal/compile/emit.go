package compile

import (
	"slices"

	"declive/autodiff/internal/exec"
)

// emit makes the program: the groups in order, each as an instruction, with the
// arrays that they name. The slot of a node's array is the node's id.
func (s *state) emit() {
	s.code = &exec.Program{Float32: s.float32, Slots: len(s.graph.nodes), Arena: s.arena.Size}
	e := &emitter{state: s}
	e.leaves()
	for _, n := range s.graph.nodes {
		if b := s.buffers[n]; b != nil {
			s.code.Values = append(s.code.Values, exec.Value{Slot: n.id, Offset: b.Offset, Size: n.size()})
		}
	}
	s.code.Guard = len(s.order)
	for i, g := range s.order {
		e.now = i
		s.code.Instructions = append(s.code.Instructions, e.instruction(g))
		if s.code.Guard == len(s.order) && s.overwrites(g) {
			s.code.Guard = i
		}
	}
	e.outputs()
}

type emitter struct {
	*state
	now    int     // place in the order of the group at hand
	micros []micro // memory for those of one loop after another
}

// leaves gives parameters, those that values are written into too, and constants
// their memory; inputs get theirs at every run.
func (e *emitter) leaves() {
	for _, n := range e.graph.nodes {
		if p := e.direct[n.id]; p != nil {
			e.code.Params = append(e.code.Params, exec.Param{Slot: n.id, Size: n.size(), Source: p})
		}
		if !e.needed[n.id] {
			continue
		}
		switch o := n.op.(type) {
		case scalar:
			e.code.Constants = append(e.code.Constants, exec.Constant{Slot: n.id, Size: 1, Scalar: o.value})
		case array:
			e.code.Constants = append(e.code.Constants, exec.Constant{Slot: n.id, Size: n.size(), Source: o.of})
		case parameter:
			e.code.Params = append(e.code.Params, exec.Param{Slot: n.id, Size: n.size(), Source: o.of})
		}
	}
}

func (e *emitter) instruction(g *group) exec.Instruction {
	switch g.kind {
	case multiply:
		return g.product.instruction(e, g)
	case onRows:
		return g.rows.instruction(g)
	case byItself:
		return g.nodes[0].op.(single).instruction(e, g.nodes[0])
	}
	return e.loop(g)
}

// outputs says where the outputs are, and which assignments are left.
func (e *emitter) outputs() {
	for i, n := range e.state.outputs {
		e.code.Outputs = append(e.code.Outputs, e.kept(stored(n)))
		e.code.Ready = append(e.code.Ready, e.ready(stored(n)))
		if _, assigned := n.op.(assign); len(n.shape) == 0 && !assigned && len(e.assigns) > 0 {
			e.code.Finite = append(e.code.Finite, i)
		}
	}
	for _, a := range e.copied {
		e.code.Copies = append(e.code.Copies, exec.Store{Slot: e.kept(a.value), To: a.param})
	}
}

// ready returns how many instructions have run when a value is computed and has been
// read by all that reads it.
func (e *emitter) ready(v *Node) int {
	if len(v.inputs) == 0 {
		return 0 // a copy
	}
	last := slices.Index(e.order, e.groupOf[v.id])
	for _, m := range e.readers[v.id] {
		last = max(last, slices.Index(e.order, e.groupOf[m.id]))
	}
	return last + 1
}

// kept returns the slot in which a value stays as it was computed: for a leaf, that
// of a copy.
func (e *emitter) kept(v *Node) int {
	if len(v.inputs) > 0 {
		return v.id
	}
	own := e.code.Slots
	e.code.Slots++
	e.code.Early = append(e.code.Early, exec.Early{From: v.id, To: own, Size: v.size()})
	return own
}

// Inputs returns the slots of the inputs and labels that are left, by name.
func (p *Program) Inputs() map[string]Input {
	out := map[string]Input{}
	for _, n := range p.state.graph.nodes {
		switch o := n.op.(type) {
		case input:
			out[o.label] = Input{n.id, p.state.guarded[n.id]}
		case labels:
			out[o.label] = Input{n.id, false}
		}
	}
	return out
}

// An Input is where an array is fed. A guarded one is proved finite by products: if
// the run is suspect, one of them holds a NaN or an infinity, or a product has
// overflowed.
type Input struct {
	Slot    int
	Guarded bool
}

package compile

import (
	"slices"

	"declive/autodiff/internal/arena"
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
)

// state is what passes work on. Each field belongs to one pass, named in its tag,
// which alone writes it; later passes read it. Slices are indexed by the ids of
// nodes.
type state struct {
	Options
	passes  []pass
	float32 bool
	rows    *rowSums // the computation of which this is the program for a block; nil outside
	done    string   // the last pass

	explained string // what explain has written last

	graph   *graph  `by:"record rows accumulate"`
	outputs []*Node `by:"record rows accumulate"`

	assigns []*Node   `by:"demand"` // assignments among the outputs
	needed  []bool    `by:"demand"` // some group or output reads the value
	readers [][]*Node `by:"demand"` // of a value, in recording order
	output  []bool    `by:"demand"` // an output is made of the value

	pieces []*group `by:"partition"` // what computes the value by itself; nil for leaves and views

	groupOf  []*group `by:"merge"` // what computes the value; nil for leaves and views
	position []int    `by:"merge"` // the place among the members of the group

	guarded []bool          `by:"guards"` // an input that products guard
	guards  map[*group]bool `by:"guards"` // groups that do

	direct []Parameter         `by:"assign"` // the parameter that the value is written into
	copied []assignment        `by:"assign"` // those that are copied at the end
	after  map[*group][]*group `by:"assign"` // the order that assignments ask for

	order []*group `by:"schedule"`

	buffers map[*Node]*arena.Buffer `by:"layout"` // of the values that groups leave in memory
	arena   *arena.Layout           `by:"layout"`

	code *exec.Program `by:"emit"`

	work int // steps of merging, planning and binding, which a test counts
}

func newState(ps []pass, g *graph, outputs []*Node, float32 bool, o Options) *state {
	return &state{Options: o, passes: ps, float32: float32, graph: g, outputs: outputs}
}

// A group becomes one instruction: a fused loop over a domain, a product with its
// epilogue, a computation on rows, or an op by itself.
type group struct {
	kind    kind
	nodes   []*Node // members, in recording order
	domain  domain.Domain
	product *product  // of a product
	rows    *rowsCode // of a computation on rows
}

type kind uint8

const (
	loop     kind = iota // looped ops, as many as are joined
	multiply             // MatMul, Accumulate or a convolution, with what it absorbs
	onRows               // the results of a computation on rows
	byItself             // a single op
)

// last returns the id of the member that was recorded last.
func (g *group) last() int { return g.nodes[len(g.nodes)-1].id }

// demand marks the values that outputs are computed from, and their readers.
func (s *state) demand() {
	n := len(s.graph.nodes)
	s.needed, s.readers, s.output = make([]bool, n), make([][]*Node, n), make([]bool, n)
	for _, n := range s.outputs {
		if _, ok := n.op.(assign); ok {
			s.assigns = append(s.assigns, n)
		}
		v := stored(n)
		s.needed[v.id], s.output[v.id] = true, true
	}
	for id := n - 1; id >= 0; id-- {
		if !s.needed[id] {
			continue
		}
		n := s.graph.nodes[id]
		for i := range n.inputs {
			x := read(n, i)
			s.needed[x.id] = true
			s.readers[x.id] = append(s.readers[x.id], n)
		}
	}
}

// partition gives every needed value a group of its own, except what a product
// absorbs.
func (s *state) partition() {
	s.pieces = make([]*group, len(s.graph.nodes))
	for _, n := range s.graph.nodes {
		if !s.needed[n.id] || len(n.inputs) == 0 || s.pieces[n.id] != nil {
			continue
		}
		g := s.groupFor(n)
		for _, m := range g.nodes {
			s.pieces[m.id] = g
		}
	}
}

func (s *state) groupFor(n *Node) *group {
	if isProduct(n.op) {
		p := s.productOf(n)
		return &group{kind: multiply, product: p, nodes: p.members(n)}
	}
	if o, ok := n.op.(rowSum); ok {
		return s.groupOfRows(o.of)
	}
	if o, ok := n.op.(looped); ok {
		if d, ok := o.domain(n); ok {
			return &group{kind: loop, nodes: []*Node{n}, domain: d}
		}
	}
	if _, ok := n.op.(single); !ok {
		failf("no instruction computes %s of shape %v", n.op.name(), n.shape)
	}
	return &group{kind: byItself, nodes: []*Node{n}}
}

// reads returns how n's i-th operand lies in the loop over d that computes n.
func reads(d domain.Domain, n *Node, i int) (domain.Place, bool) {
	switch n.op.(type) {
	case elementwise, broadcast:
		return d.PlaceIn(n.inputs[i].shape, n.shape)
	}
	return d.Place(n.inputs[i].shape)
}

// size returns the number of elements.
func (n *Node) size() int { return n.shape.Size() }

// What groups read from memory and leave there.

// operands returns the values that the group reads but does not compute.
func (s *state) operands(g *group) []*Node {
	var out distinct
	for _, n := range g.nodes {
		for i := range n.inputs {
			if x := read(n, i); s.groupOf[x.id] != g {
				out.add(x)
			}
		}
	}
	return out.nodes
}

// distinct is a list of nodes, each of them once.
type distinct struct {
	nodes []*Node
	known map[*Node]bool // those of a list that is long
}

func (d *distinct) add(n *Node) {
	const long = 16
	switch {
	case d.known == nil && slices.Contains(d.nodes, n), d.known[n]:
		return
	case d.known == nil && len(d.nodes) == long:
		d.known = map[*Node]bool{}
		for _, m := range d.nodes {
			d.known[m] = true
		}
	}
	if d.known != nil {
		d.known[n] = true
	}
	d.nodes = append(d.nodes, n)
}

// results returns the members whose values are kept in memory: others read
// them, or an output is made of them.
func (s *state) results(g *group) []*Node {
	var out []*Node
	for _, n := range g.nodes {
		if s.keeps(g, n) {
			out = append(out, n)
		}
	}
	return out
}

// keeps reports whether the member n of g is one of its results.
func (s *state) keeps(g *group, n *Node) bool {
	return s.output[n.id] || slices.ContainsFunc(s.readers[n.id], func(m *Node) bool { return s.groupOf[m.id] != g || closes(n) })
}

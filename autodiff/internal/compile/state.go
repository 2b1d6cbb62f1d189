package compile

import (
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
	readers [][]*Node `by:"demand"` // of a value, the last one first
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

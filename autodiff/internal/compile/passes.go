package compile

import (
	"fmt"
	"io"

	"declive/autodiff/internal/arena"
	"declive/autodiff/internal/domain"
	"declive/autodiff/internal/exec"
)

// Options say which parts of the compiler are on. All are, but for tests.
type Options struct {
	Simplify bool // rewrite rules and common subexpressions
	Epilogue bool // biases and activations in matrix products
	Onto     bool // products that add to parameters
	Fuse     bool // more than one op in a loop
	Contract bool // two ops in one pass over memory
	InPlace  bool // loops that write into parameters
	Reuse    bool // buffers that share memory

	RowsFrom int // elements of an input from which its rows are processed block by block; 0 for never
	RowBlock int // rows of such a block; 0 for as many as the cache holds

	Verify  bool      // look for contradictions after every pass
	Explain io.Writer // gets the program after every pass, if it is not nil
}

// Default returns the options of a user's programs.
func Default() Options {
	return Options{
		Simplify: true, Epilogue: true, Onto: true, Fuse: true, Contract: true, InPlace: true, Reuse: true,
		RowsFrom: 1 << 21,
	}
}

// A pass is one step of the compiler. It writes those fields of the state that are
// its own, and reads those of passes before it.
type pass struct {
	name  string
	run   func(*state)
	after []need
}

// A need is a pass that must have run before, with the reason.
type need struct{ pass, because string }

// passes are all that happens to what a [Builder] has recorded, in order.
var passes = []pass{
	{"rows", (*state).blockRows, nil},
	{"accumulate", (*state).accumulate, []need{
		{"rows", "a product on the rows of a block adds to the block's sums, and only what is left outside to a parameter"},
	}},
	{"recompute", (*state).recompute, []need{
		{"accumulate", "a value that a product adds to is no longer one that loops read"},
	}},
	{"demand", (*state).demand, []need{
		{"recompute", "readers are counted in the graph that stays"},
	}},
	{"partition", (*state).partition, []need{
		{"demand", "a product absorbs what it alone is read by, and what nobody needs gets no group"},
	}},
	{"merge", (*state).merge, []need{
		{"partition", "it joins the groups of single values"},
	}},
	{"guards", (*state).guardInputs, []need{
		{"partition", "a product with an activation proves nothing of its factors"},
	}},
	{"assign", (*state).placeAssignments, []need{
		{"merge", "a loop may write over what its own members read"},
		{"guards", "a parameter is written when nothing can stop the run any more"},
	}},
	{"schedule", (*state).schedule, []need{
		{"assign", "who writes into a parameter runs after its readers"},
	}},
	{"layout", (*state).layOut, []need{
		{"schedule", "a buffer is in use from one place in the order to another"},
	}},
	{"emit", (*state).emit, []need{
		{"layout", "instructions name arrays that have their place"},
	}},
}

// Compile makes a program of the nodes that record returns, its outputs; an
// assignment among them, or among what they are computed from, is made by the
// program only if it is an output. The error of a mistake in this package says so.
func Compile(float32 bool, o Options, record func(*Builder) []*Node) (p *Program, err error) {
	defer catch(&err)
	b := newBuilder(float32, o.Simplify)
	s := newState(passes, b.graph, record(b), float32, o)
	s.run()
	return &Program{s}, nil
}

// run executes the passes. They are a field because one of them compiles what runs on
// a block of rows.
func (s *state) run() {
	s.ends("record")
	for _, p := range s.passes {
		p.run(s)
		s.ends(p.name)
	}
}

// ends looks at what a pass has made, as options ask for.
func (s *state) ends(pass string) {
	s.done = pass
	if s.Verify {
		s.verify()
	}
	if s.Explain != nil {
		s.explain()
	}
}

// A mistake is a contradiction inside the compiler: a wrong rule, an op that lies
// about itself.
type mistake struct{ what string }

func failf(format string, args ...any) { panic(mistake{fmt.Sprintf(format, args...)}) }

// catch turns a mistake into an error.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case mistake:
		*err = fmt.Errorf("autodiff: Compile: %s; this is a mistake of the library", r.what)
	default:
		panic(r)
	}
}

// A Program is what has been compiled.
type Program struct{ state *state }

// Code returns the instructions.
func (p *Program) Code() *exec.Program { return p.state.code }

// Work returns the number of steps of merging, planning and binding, which grows as
// the graph does.
func (p *Program) Work() int { return p.state.work }

// Memory returns the bytes of the arena, and those in use at the same time.
func (p *Program) Memory() (held, live int) {
	size := p.state.elementSize()
	return p.state.arena.Size * size, p.state.arena.Live * size
}

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

	graph   *graph  `by:"record rows accumulate recompute"`
	outputs []*Node `by:"record rows accumulate recompute"`

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

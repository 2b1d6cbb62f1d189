package compile

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff/internal/exec"
	"declive/autodiff/internal/shape"
	"declive/internal/kernel/vec"
)

// until runs the passes up to one, which it includes.
func until(s *state, name string) *state {
	for _, p := range passes {
		if s.done == name {
			break
		}
		p.run(s)
		s.done = p.name
	}
	return s
}

// after verifies a state, and returns the error.
func after(s *state) (err error) {
	defer catch(&err)
	s.verify()
	return nil
}

// What each pass could do wrong is found after it, and nothing where all is right.
func TestVerifyFindsContradictions(t *testing.T) {
	o := Default()
	o.RowsFrom = 0
	for _, tt := range []struct {
		pass, want string
		spoil      func(s *state)
	}{
		{"record", "has the id", func(s *state) { s.graph.nodes[3].id = 7 }},
		{"record", "which is not before it", func(s *state) { n := s.graph.nodes[4]; n.inputs = []*Node{n, n} }},
		{"record", "has the shape (2) instead of", func(s *state) { n := computed(s, "Add"); n.shape = shape.Shape{2} }},
		{"accumulate", "is of another graph", func(s *state) { s.outputs = slices.Clone(s.outputs); s.outputs[0] = &Node{op: scalar{}} }},
		{"demand", "is read", func(s *state) { n := computed(s, "Add"); s.readers[n.id] = nil }},
		{"demand", "does not read", func(s *state) { n := computed(s, "Add"); s.readers[n.id][0] = n }},
		{"partition", "has a group: false", func(s *state) { g := s.pieces[computed(s, "Sum").id]; g.nodes = nil }},
		{"partition", "is a member of two groups", func(s *state) { n := computed(s, "Sum"); s.pieces[n.id] = &group{nodes: []*Node{n, n}} }},
		{"merge", "does not lie in its loop", func(s *state) { s.groupOf[computed(s, "Sum").id].domain.Cols = 2 }},
		{"merge", "is not the member", func(s *state) { s.position[computed(s, "Tanh").id] = 1 }},
		{"assign", "assignments are made of", func(s *state) { s.direct, s.copied = make([]Parameter, len(s.direct)), nil }},
		{"schedule", "which it reads", func(s *state) { slices.Reverse(s.order) }},
		{"schedule", "groups are run", func(s *state) { s.order = s.order[1:] }},
		{"layout", "has not the memory", func(s *state) { delete(s.buffers, computed(s, "Add")) }},
		{"layout", "overlaps another", func(s *state) {
			for _, b := range s.arena.Buffers {
				b.Offset = 0
			}
		}},
		{"emit", "instructions for", func(s *state) { s.code.Instructions = nil }},
		{"emit", "of scratch memory", func(s *state) { firstLoop(s).Scratch = 0 }},
		{"emit", "has no closing", func(s *state) { firstLoop(s).Closings = nil }},
	} {
		s := until(recorded(o, step), tt.pass)
		require.NoError(t, after(s), tt.pass)
		tt.spoil(s)
		assert.ErrorContains(t, after(s), tt.want, "after %s", tt.pass)
	}
}

// computed returns the first node of an op.
func computed(s *state, name string) *Node {
	i := slices.IndexFunc(s.graph.nodes, func(n *Node) bool { return n.op.name() == name })
	return s.graph.nodes[i]
}

func firstLoop(s *state) *exec.Loop {
	for _, in := range s.code.Instructions {
		if l, ok := in.(*exec.Loop); ok {
			return l
		}
	}
	return nil
}

// An op that has rows says what it does to them: here a middle reduction keeps them,
// a closing adds them up, and a product of two batches does, too.
func TestRolesOnRows(t *testing.T) {
	b := newBuilder(false, true)
	x, w := b.Input("x", []int{8, 3, 5}), b.Input("w", []int{5})
	y := b.Binary(vec.Mul, x, w)
	kept := b.Reduce(vec.ReduceSum, 1, 2, y)
	sum := b.Reduce(vec.ReduceSum, 0, 1, y)
	largest := b.Reduce(vec.ReduceMax, 0, 1, y)
	flat := b.Reshape(x, []int{8, 15})
	gram := b.MatMul(b.Transpose(flat, []int{1, 0}, false), flat)
	square := b.MatMul(flat, b.Transpose(flat, []int{1, 0}, false))
	of := &batch{8, map[*Node]role{}}
	got := map[*Node]role{}
	for _, n := range b.graph.nodes {
		if r, ok := of.role(n); ok {
			of.roles[n], got[n] = r, r
		}
	}
	assert.Equal(t, rows, got[y])
	assert.Equal(t, rows, got[kept])
	assert.Equal(t, total, got[sum])
	assert.Equal(t, total, got[gram])
	assert.Equal(t, fixed, got[w])
	for _, n := range []*Node{largest, square} {
		_, known := got[n]
		assert.False(t, known, n.op.name())
	}
}

package compile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff/internal/exec"
	"declive/internal/kernel/vec"
)

// memory is a parameter.
type memory struct {
	name string
	data exec.Array
}

func (m *memory) Name() string      { return m.name }
func (m *memory) Array() exec.Array { return m.data }

// step records w ← w − 0.1·∂/∂w Σ tanh (x·w + b), rows of x being examples, and
// returns the sum with the assignment.
func step(b *Builder) []*Node {
	w := &memory{"w", exec.Array{Float64: make([]float64, 15)}}
	x, W := b.Input("x", []int{40, 5}), b.Param(w, []int{5, 3})
	bias := b.Input("b", []int{3})
	z := b.Binary(vec.Add, b.MatMul(x, W), bias)
	sum := b.Reduce(vec.ReduceSum, 0, 2, b.Unary(vec.Tanh, z))
	g := b.MatMul(b.Transpose(x, []int{1, 0}, true), b.Unary(vec.Sech2, z))
	next := b.Binary(vec.Sub, W, b.Binary(vec.Mul, g, b.Scalar(0.1)))
	return []*Node{b.Reshape(sum, nil), b.Assign(w, next)}
}

// recorded returns the state of a computation before all passes.
func recorded(o Options, record func(*Builder) []*Node) *state {
	b := newBuilder(false, o.Simplify)
	outputs := record(b)
	s := newState(passes, b.graph, outputs, false, o)
	s.done = "record"
	return s
}

// What a pass needs comes before it, and has a reason.
func TestPassesAreInOrder(t *testing.T) {
	var before []string
	for _, p := range passes {
		for _, n := range p.after {
			assert.Contains(t, before, n.pass, "%s needs %s", p.name, n.pass)
			assert.Greater(t, len(strings.Fields(n.because)), 3, "why %s needs %s", p.name, n.pass)
		}
		before = append(before, p.name)
	}
	assert.Equal(t, before, slices.Compact(slices.Clone(before)))
}

// Each field of the state is written by the pass that its tag names, and no other.
func TestPassesWriteWhatIsTheirs(t *testing.T) {
	for _, rowsFrom := range []int{0, 1} {
		o := Default()
		o.RowsFrom, o.RowBlock = rowsFrom, 16
		s := recorded(o, step)
		written := map[string]bool{}
		for _, p := range passes {
			before := fields(s)
			p.run(s)
			for name, now := range fields(s) {
				f, _ := reflect.TypeFor[state]().FieldByName(name)
				if now != before[name] {
					assert.Contains(t, strings.Fields(f.Tag.Get("by")), p.name, "%s writes %s", p.name, name)
					written[name] = true
				}
			}
		}
		for i := range reflect.TypeFor[state]().NumField() {
			if f := reflect.TypeFor[state]().Field(i); f.Tag.Get("by") != "" && f.Name != "copied" && f.Name != "after" {
				assert.True(t, written[f.Name] || rowsFrom == 0, "nobody writes %s", f.Name)
			}
		}
	}
}

// fields returns the fields of s that belong to passes, as text.
func fields(s *state) map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(s).Elem()
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.Tag.Get("by") != "" {
			out[f.Name] = fmt.Sprint(v.Field(i))
		}
	}
	return out
}

// Every pass names itself in the tags of what it writes, and tags name passes.
func TestTagsNamePasses(t *testing.T) {
	names := []string{"record"}
	for _, p := range passes {
		names = append(names, p.name)
	}
	for i := range reflect.TypeFor[state]().NumField() {
		f := reflect.TypeFor[state]().Field(i)
		for _, by := range strings.Fields(f.Tag.Get("by")) {
			assert.Contains(t, names, by, f.Name)
		}
	}
}

// The builder does not see a contradiction between operands; Compile returns it as
// an error.
func TestCompileReturnsMistakes(t *testing.T) {
	_, err := Compile(true, Default(), func(b *Builder) []*Node {
		return []*Node{b.Binary(vec.Add, b.Input("x", []int{2, 3}), b.Input("y", []int{4}))}
	})
	require.ErrorContains(t, err, "operands of shapes [(2, 3) (4)] do not broadcast; this is a mistake of the library")
}

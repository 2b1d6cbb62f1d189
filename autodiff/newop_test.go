package autodiff

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// atan is a new op: it has no kernel yet.
type atan struct{ unary }

func (atan) name() string              { return "Atan" }
func (atan) traits() Traits            { return Traits{Elementwise: true, Rounds: true} }
func (atan) value(x []float64) float64 { return math.Atan(x[0]) }
func (atan) vjp(n, dy *Node) []*Node {
	return []*Node{dy.Div(n.inputs[0].Square().AddScalar(1))}
}

// hypot has two operands and no kernel.
type hypot struct {
	broadcasting
	flat
}

func (hypot) name() string              { return "Hypot" }
func (hypot) traits() Traits            { return Traits{Elementwise: true, Rounds: true, Flat: true} }
func (hypot) value(x []float64) float64 { return math.Hypot(x[0], x[1]) }

// shift turns the columns of a matrix by so many places: an op that moves
// elements, with an attribute that does not compare, and no instruction.
type shift struct{ by []int }

func (shift) name() string                     { return "Shift" }
func (shift) traits() Traits                   { return Traits{Sums: true} }
func (shift) shape(in []*Node) (Shape, string) { return in[0].shape, numbers(in) }
func (o shift) vjp(n, dy *Node) []*Node {
	return []*Node{n.graph.apply(shift{[]int{-o.by[0]}}, dy)}
}
func (o shift) reference(n *Node, in [][]float64, out []float64) {
	cols := n.shape[1]
	for i := range out {
		out[i] = in[0][i/cols*cols+(i%cols+cols-o.by[0]%cols)%cols]
	}
}

// An op that is not elementwise works in programs by its definition: with a
// product before it and one after it, a transpose and the gradient through all.
func TestStructuralOpWithoutInstruction(t *testing.T) {
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		rng := rand.New(rand.NewPCG(3, 4))
		g := NewGraph(precision)
		x, w := g.Input("x", 7, 5), g.Input("w", 5, 3)
		y := g.apply(shift{[]int{2}}, x.MatMul(w))
		z := g.apply(shift{[]int{1}}, y.T()).Tanh().MatMul(x)
		grads, err := Grad(z.Square().Sum(), x, w)
		require.NoError(t, err)
		feeds := []Feed{x.Feed(randomTensor(rng, precision, Shape{7, 5})), w.Feed(randomTensor(rng, precision, Shape{5, 3}))}
		outputs := []*Node{y, z, grads[0], grads[1]}
		requireInterpreted(t, feeds, outputs, allPasses)
	}
	g := NewGraph(tensor.Float64)
	x := g.Input("x", 2, 3)
	p, err := Compile(g.apply(shift{[]int{1}}, x), g.apply(shift{[]int{1}}, x), g.apply(shift{[]int{2}}, x))
	require.NoError(t, err)
	out, err := p.Run(x.Feed(dense.Wrap(Shape{2, 3}, []float64{1, 2, 3, 4, 5, 6})))
	require.NoError(t, err)
	require.Equal(t, []float64{3, 1, 2, 6, 4, 5}, out.Value(1).Float64s())
	require.Equal(t, []float64{2, 3, 1, 5, 6, 4}, out.Value(2).Float64s(), "ops that differ in an attribute are not one")
}

// hollow has neither a value nor a reference.
type hollow struct{ flat }

func (hollow) name() string                     { return "Hollow" }
func (hollow) traits() Traits                   { return Traits{Flat: true} }
func (hollow) shape(in []*Node) (Shape, string) { return in[0].shape, "" }

func TestOpWithoutDefinition(t *testing.T) {
	g := NewGraph(tensor.Float64)
	_, err := Compile(g.apply(hollow{}, g.Input("x", 2)))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, err.Error(), "Hollow: give the op a method value, if it works element by element, or reference")
}

// fourth has more operands than a loop reads.
type fourth struct {
	broadcasting
	flat
}

func (fourth) name() string              { return "Fourth" }
func (fourth) traits() Traits            { return Traits{Elementwise: true, Flat: true} }
func (fourth) value(x []float64) float64 { return x[3] }

func TestElementwiseOpWithManyOperands(t *testing.T) {
	g := NewGraph(tensor.Float64)
	x := g.Input("x", 2)
	_, err := Compile(g.apply(fourth{}, x, x, x, x))
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Contains(t, err.Error(), "Fourth: more than 3 operands; give the op a method reference instead of value")
}

// An op works in programs before it has a kernel.
func TestOpWithoutKernel(t *testing.T) {
	for _, precision := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		rng := rand.New(rand.NewPCG(1, 2))
		g := NewGraph(precision)
		x, row, col := g.Input("x", 40, 130), g.Input("row", 130), g.Input("col", 40, 1)
		y := g.apply(atan{}, x)
		z := g.apply(hypot{}, y.AddScalar(1), row).Add(g.apply(hypot{}, col, x))
		grads, err := Grad(y.Sum(), x)
		require.NoError(t, err)
		feeds := []Feed{
			x.Feed(randomTensor(rng, precision, Shape{40, 130})),
			row.Feed(randomTensor(rng, precision, Shape{130})), col.Feed(randomTensor(rng, precision, Shape{40, 1})),
		}
		outputs := []*Node{y, z, grads[0], z.Sum(1)}
		requireInterpreted(t, feeds, outputs, allPasses)
	}
}

package autodiff

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// growing are graphs that become deep or wide with n.
var growing = []struct {
	name   string
	record func(g *Graph, n int) (y *Node, xs []*Node) // a scalar, and what to differentiate for
}{
	{"chain", chainOf},
	{"wide", wideSumOf},
	{"softmax", softmaxesOf},
	{"lstm", lstmOf},
	{"mlp", deepOf},
}

// chainOf records tanh(… tanh(x)).
func chainOf(g *Graph, n int) (*Node, []*Node) {
	x := g.Input("x", 4, 3)
	y := x
	for range n {
		y = y.Tanh()
	}
	return y.Sum(), []*Node{x}
}

// wideSumOf records Σᵢ sin xᵢ.
func wideSumOf(g *Graph, n int) (*Node, []*Node) {
	var xs, terms []*Node
	for i := range n {
		xs = append(xs, g.Input(fmt.Sprint("x", i), 4, 3))
		terms = append(terms, xs[i].Sin())
	}
	y := terms[0]
	for _, t := range terms[1:] {
		y = y.Add(t)
	}
	return y.Sum(), xs
}

// softmaxesOf records softmax(… softmax(x)).
func softmaxesOf(g *Graph, n int) (*Node, []*Node) {
	x := g.Input("x", 4, 3)
	y := x
	for range n {
		y = y.Softmax(1)
	}
	return y.Square().Sum(), []*Node{x}
}

// lstmOf records n steps of a long short-term memory with an input and a loss
// at each.
func lstmOf(g *Graph, n int) (*Node, []*Node) {
	const batch, in, hidden = 2, 3, 16
	var xs []*Node
	param := func(name string, shape ...int) *Node {
		p := g.Param(NewParam(name, dense.Wrap(shape, make([]float32, Shape(shape).Size()))))
		xs = append(xs, p)
		return p
	}
	var W, U, b [4]*Node
	for i, gate := range "ifog" {
		W[i] = param(fmt.Sprintf("W%c", gate), in, hidden)
		U[i] = param(fmt.Sprintf("U%c", gate), hidden, hidden)
		b[i] = param(fmt.Sprintf("b%c", gate), hidden)
	}
	h, c := g.Scalar(0).Broadcast(batch, hidden), g.Scalar(0).Broadcast(batch, hidden)
	loss := g.Scalar(0)
	for t := range n {
		x := g.Input(fmt.Sprint("x", t), batch, in)
		gate := func(i int) *Node { return x.MatMul(W[i]).Add(h.MatMul(U[i])).Add(b[i]) }
		i, f, o, m := gate(0).Sigmoid(), gate(1).Sigmoid(), gate(2).Sigmoid(), gate(3).Tanh()
		c = f.Mul(c).Add(i.Mul(m))
		h = o.Mul(c.Tanh())
		loss = loss.Add(h.Sub(g.Input(fmt.Sprint("y", t), batch, hidden)).Square().Mean())
	}
	return loss, xs
}

// deepOf records a perceptron of n layers.
func deepOf(g *Graph, n int) (*Node, []*Node) {
	const batch, width = 2, 4
	var xs []*Node
	h := g.Input("x", batch, width)
	for i := range n {
		W := g.Param(NewParam(fmt.Sprint("W", i), dense.Wrap(Shape{width, width}, make([]float32, width*width))))
		b := g.Param(NewParam(fmt.Sprint("b", i), dense.Wrap(Shape{width}, make([]float32, width))))
		xs = append(xs, W, b)
		h = h.MatMul(W.T()).Add(b).Tanh()
	}
	return h.Square().Mean(), xs
}

// growingGraph records a graph of size n, with its gradient if that is asked for.
func growingGraph(t testing.TB, record func(*Graph, int) (*Node, []*Node), n int, gradient bool) []*Node {
	g := NewGraph(tensor.Float32)
	y, xs := record(g, n)
	if !gradient {
		return []*Node{y}
	}
	grads, err := Grad(y, xs...)
	require.NoError(t, err)
	return append([]*Node{y}, grads...)
}

// Time and memory of Compile for graphs of up to 200,000 nodes: ns/node and B/node
// must stay about the same as n grows.
func BenchmarkCompileGrowth(b *testing.B) {
	for _, c := range growing {
		for _, of := range []string{"forward", "gradient"} {
			for _, nodes := range []int{2_000, 20_000, 200_000} {
				b.Run(fmt.Sprintf("graph=%s/of=%s/nodes=%d", c.name, of, nodes), func(b *testing.B) {
					perUnit := len(growingGraph(b, c.record, 20, of == "gradient")[0].graph.nodes) / 20
					outputs := growingGraph(b, c.record, nodes/perUnit, of == "gradient")
					b.ReportAllocs()
					for b.Loop() {
						if _, err := Compile(outputs[0], outputs[1:]...); err != nil {
							b.Fatal(err)
						}
					}
					n := float64(len(outputs[0].graph.nodes))
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/node")
				})
			}
		}
	}
}

// requireLinear checks that what f measures for each node of a graph is not 1.45
// times as much for a graph of 8n repetitions as for one of n: passes sort and keep
// heaps, so it may grow by a factor of log 8n/log n, and n is 100. A pass that looks,
// for each node, at all others, takes 8 times as much.
func requireLinear(t *testing.T, f func(n int) (perNode []float64), about string) {
	small, large := f(100), f(800)
	for i := range small {
		require.Positive(t, small[i], about)
		require.LessOrEqual(t, large[i], 1.45*small[i], about)
	}
}

// allocated returns how many objects a call allocates, and their bytes.
func allocated(f func()) (objects, bytes float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs - before.Mallocs), float64(after.TotalAlloc - before.TotalAlloc)
}

// Compile's steps, and its allocations, grow as the graph does.
func TestCompileIsLinear(t *testing.T) {
	for _, c := range growing {
		for _, gradient := range []bool{false, true} {
			requireLinear(t, func(n int) []float64 {
				var p *Program
				outputs := growingGraph(t, c.record, n, gradient)
				mallocs, _ := allocated(func() { p, _ = Compile(outputs[0], outputs[1:]...) })
				require.NotNil(t, p)
				nodes := float64(len(outputs[0].graph.nodes))
				return []float64{float64(p.code.Work()) / nodes, mallocs / nodes}
			}, fmt.Sprint(c.name, ", gradient ", gradient))
		}
	}
}

// Grad does not look at the whole graph for each node whose gradient is 0.
func TestGradIsLinear(t *testing.T) {
	requireLinear(t, func(n int) []float64 {
		g := NewGraph(tensor.Float32)
		y, xs := g.Input("y"), []*Node{}
		for i := range n {
			x := g.Input(fmt.Sprint("x", i))
			y, xs = y.Add(x.Greater(g.Scalar(0))), append(xs, x)
		}
		var err error
		_, bytes := allocated(func() { _, err = Grad(y, xs...) })
		require.NoError(t, err)
		return []float64{bytes / float64(n)}
	}, "grad")
}

// With thousands of buffers, too, the arena is at most a fifth larger than what is
// in use at one time.
func TestMemoryOfLongGraphsIsTight(t *testing.T) {
	for _, c := range growing {
		outputs := growingGraph(t, c.record, 300, true)
		p, err := Compile(outputs[0], outputs[1:]...)
		require.NoError(t, err)
		held, live := p.Memory()
		assert.LessOrEqual(t, float64(held), 1.2*float64(live), c.name)
	}
}

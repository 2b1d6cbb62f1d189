package autodiff

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// A twoLayers is a perceptron of two layers without biases, with its gradients.
type twoLayers struct {
	g      *Graph
	feeds  []Feed
	rate   *Node
	loss   *Node
	params []*Param
	w, dw  []*Node
}

func newTwoLayers(rng *rand.Rand, precision tensor.Dtype) *twoLayers {
	n, in, hidden, out := 1+rng.IntN(9), 1+rng.IntN(40), 1+rng.IntN(20), 1+rng.IntN(5)
	m := &twoLayers{g: NewGraph(precision)}
	x, y := m.g.Input("x", n, in), m.g.Input("y", n, out)
	m.rate = m.g.Input("rate")
	for _, f := range []*Node{x, y, m.rate} {
		m.feeds = append(m.feeds, f.Feed(randomTensor(rng, precision, f.shape)))
	}
	for i, shape := range []Shape{{hidden, in}, {hidden, out}} {
		p := NewParam([]string{"V", "W"}[i], randomTensor(rng, precision, shape))
		m.params = append(m.params, p)
		m.w = append(m.w, m.g.Param(p))
	}
	m.loss = x.MatMul(m.w[0].T()).Tanh().MatMul(m.w[1]).Sub(y).Square().Mean()
	m.dw, _ = Grad(m.loss, m.w...)
	return m
}

// rules are new values of a parameter w with the gradient g.
var rules = []func(m *twoLayers, w, g *Node) *Node{
	func(m *twoLayers, w, g *Node) *Node { return w.Sub(g.Mul(m.rate)) },
	func(m *twoLayers, w, g *Node) *Node { return w.MulScalar(0.5).Add(m.rate.Neg().Mul(g)) },
	func(m *twoLayers, w, g *Node) *Node { return w.Sub(m.rate.Mul(g.Add(w.MulScalar(2)))).Add(w) },
	func(m *twoLayers, w, g *Node) *Node { return g.Sub(w).Neg() },
	func(m *twoLayers, w, g *Node) *Node { return g.MulScalar(3).Sub(w.Mul(m.loss)) },
	func(m *twoLayers, w, g *Node) *Node { return g.Sub(w.Square()) },
	func(m *twoLayers, w, g *Node) *Node { return w.Sub(g).Sub(g) },
	func(m *twoLayers, w, g *Node) *Node { return w.Sub(g.Mul(g.Square().Sum().AddScalar(1).Sqrt())) },
	func(m *twoLayers, w, g *Node) *Node { return g },
	func(m *twoLayers, w, g *Node) *Node { return w.Add(g).Tanh() },
}

// Parameters take the interpreter's values, whatever their rules and the
// compiler's passes.
func TestAccumulateEqualsInterpreter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		precision := rapid.SampledFrom([]tensor.Dtype{tensor.Float64, tensor.Float32}).Draw(rt, "precision")
		m := newTwoLayers(rng, precision)
		outputs := []*Node{m.loss}
		for i, w := range m.w {
			v := rules[rapid.IntRange(0, len(rules)-1).Draw(rt, "rule")](m, w, m.dw[i])
			switch rapid.IntRange(0, 3).Draw(rt, "also") {
			case 0:
				outputs = append(outputs, v.Add(w))
			case 1:
				outputs = append(outputs, m.dw[i])
			}
			outputs = append(outputs, m.g.Assign(m.params[i], v))
		}
		ps := allPasses
		ps.Simplify, ps.Fuse = rapid.Bool().Draw(rt, "simplify"), rapid.Bool().Draw(rt, "fuse")
		ps.InPlace, ps.Onto = rapid.Bool().Draw(rt, "inPlace"), rapid.Bool().Draw(rt, "onto")
		p, err := compileWith(outputs, ps)
		require.NoError(rt, err)
		for range 2 {
			want, err := Interpret(m.feeds, outputs...)
			require.NoError(rt, err)
			out, err := p.Run(m.feeds...)
			require.NoError(rt, err)
			for i, n := range outputs {
				requireClose(rt, n, want[i], out.Value(i), p)
				if o, ok := n.op.(assign); ok {
					requireClose(rt, n, want[i], o.param.value, p)
				}
			}
		}
	})
}

// The first rules need no memory for the gradient, and no pass over the weights.
func TestAccumulateReplacesTheUpdate(t *testing.T) {
	for i, rule := range rules {
		m := newTwoLayers(rand.New(rand.NewPCG(1, 2)), tensor.Float32)
		p, err := Compile(m.loss, m.g.Assign(m.params[0], rule(m, m.w[0], m.dw[0])), m.g.Assign(m.params[1], rule(m, m.w[1], m.dw[1])))
		require.NoError(t, err)
		accumulations := 0
		if i < 5 {
			accumulations = 2
		}
		require.Equal(t, accumulations, strings.Count(p.String(), "Accumulate → "), "rule %d: %v", i, p)
	}
}

// A loss that is not finite changes no parameter.
func TestAccumulateWaitsForTheLoss(t *testing.T) {
	m := newTwoLayers(rand.New(rand.NewPCG(1, 2)), tensor.Float64)
	p, err := Compile(m.loss.MulScalar(1e308).MulScalar(1e308),
		m.g.Assign(m.params[0], rules[0](m, m.w[0], m.dw[0])), m.g.Assign(m.params[1], rules[0](m, m.w[1], m.dw[1])))
	require.NoError(t, err)
	before := []*tensor.Dense{m.params[0].value.Clone().(*tensor.Dense), m.params[1].value.Clone().(*tensor.Dense)}
	var nonFinite *NonFiniteError
	_, err = p.Run(m.feeds...)
	require.ErrorAs(t, err, &nonFinite)
	for i := range before {
		require.Equal(t, before[i].Data(), m.params[i].value.Data())
	}
}

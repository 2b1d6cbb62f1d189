package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// A tape is a training step of a model on Gorgonia: its tape machine and its
// plain gradient descent.
type tape struct {
	machine gorgonia.VM
	solver  gorgonia.Solver
	params  []gorgonia.ValueGrad
	loss    gorgonia.Value
}

// step takes a training step.
func (s *tape) step(t testing.TB) {
	require.NoError(t, s.machine.RunAll())
	require.NoError(t, s.solver.Step(s.params))
	s.machine.Reset()
}

// newTape differentiates a loss and prepares its step.
func newTape(t testing.TB, loss *gorgonia.Node, params gorgonia.Nodes, rate float64) *tape {
	s := &tape{solver: gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(rate)), params: gorgonia.NodesToValueGrads(params)}
	gorgonia.Read(loss, &s.loss)
	_, err := gorgonia.Grad(loss, params...)
	require.NoError(t, err)
	s.machine = gorgonia.NewTapeMachine(loss.Graph(), gorgonia.BindDualValues(params...))
	return s
}

// oneHot returns the labels as rows with a single 1.
func oneHot(dt tensor.Dtype, labels []int, k int) *tensor.Dense {
	return filled(dt, func(i int) float64 {
		if labels[i/k] == i%k {
			return 1
		}
		return 0
	}, len(labels), k)
}

// matrix records a matrix with its value.
func matrix(g *gorgonia.ExprGraph, name string, v *tensor.Dense) *gorgonia.Node {
	return gorgonia.NewMatrix(g, v.Dtype(), gorgonia.WithShape(v.Shape()...), gorgonia.WithName(name), gorgonia.WithValue(v))
}

func constant(dt tensor.Dtype, v float64) *gorgonia.Node {
	if dt == tensor.Float64 {
		return gorgonia.NewConstant(v)
	}
	return gorgonia.NewConstant(float32(v))
}

// gorgoniaSVM is svm-step, with weights by input.
func gorgoniaSVM(t testing.TB, dt tensor.Dtype, n, features int) *tape {
	g := gorgonia.NewGraph()
	must := gorgonia.Must
	x := matrix(g, "x", uniform(dt, inputs, 1, n, features))
	y := matrix(g, "y", oneHot(dt, classes(n, 10).Ints(), 10))
	w := matrix(g, "W", uniform(dt, weights, linearScale, features, 10))
	s := must(gorgonia.Mul(x, w))
	right := must(gorgonia.Sum(must(gorgonia.HadamardProd(s, y)), 1))
	margins := must(gorgonia.BroadcastSub(s, right, nil, []byte{1}))
	margins = must(gorgonia.Rectify(must(gorgonia.Add(margins, constant(dt, 1)))))
	data := must(gorgonia.Div(must(gorgonia.Sum(margins)), constant(dt, float64(n))))
	penalty := must(gorgonia.Mul(must(gorgonia.Sum(must(gorgonia.Square(w)))), constant(dt, regularisation)))
	loss := must(gorgonia.Add(must(gorgonia.Sub(data, constant(dt, 1))), penalty))
	return newTape(t, loss, gorgonia.Nodes{w}, 1e-3)
}

// gorgoniaMLP is mlp-step, with weights by input.
func gorgoniaMLP(t testing.TB, dt tensor.Dtype, n int, widths ...int) *tape {
	g := gorgonia.NewGraph()
	must := gorgonia.Must
	h := matrix(g, "x", uniform(dt, inputs, 1, n, widths[0]))
	k := widths[len(widths)-1]
	y := matrix(g, "y", oneHot(dt, classes(n, k).Ints(), k))
	var params gorgonia.Nodes
	for i := range len(widths) - 1 {
		if i > 0 {
			h = must(gorgonia.Rectify(h))
		}
		layer := perceptron(dt, widths[:i+2])[2*i].Params()
		w := matrix(g, layer[0].Name(), transpose(t, layer[0].Value()))
		b := gorgonia.NewVector(g, dt, gorgonia.WithShape(widths[i+1]), gorgonia.WithName(layer[1].Name()), gorgonia.WithValue(layer[1].Value()))
		h = must(gorgonia.BroadcastAdd(must(gorgonia.Mul(h, w)), b, nil, []byte{0}))
		params = append(params, w, b)
	}
	p := must(gorgonia.SoftMax(h, 1))
	right := must(gorgonia.Sum(must(gorgonia.HadamardProd(p, y)), 1))
	loss := must(gorgonia.Neg(must(gorgonia.Mean(must(gorgonia.Log(right))))))
	return newTape(t, loss, params, 1e-2)
}

// transpose returns a transposed copy.
func transpose(t testing.TB, v *tensor.Dense) *tensor.Dense {
	out := v.Clone().(*tensor.Dense)
	require.NoError(t, out.T())
	require.NoError(t, out.Transpose())
	return out
}

// A contest is a case that both libraries are timed on.
type contest struct {
	name     string
	declive  maker
	rate     float64
	gorgonia func(t testing.TB, dt tensor.Dtype) *tape
}

func contests(batch int) []contest {
	return []contest{
		{"svm-step", linear(svm, batch, 3073, 10, linearScale), 1e-3,
			func(t testing.TB, dt tensor.Dtype) *tape { return gorgoniaSVM(t, dt, batch, 3073) }},
		{"mlp-step", mlp(batch, 3072, 512, 256, 10), 1e-2,
			func(t testing.TB, dt tensor.Dtype) *tape { return gorgoniaMLP(t, dt, batch, 3072, 512, 256, 10) }},
	}
}

// Both libraries do the same work: the losses of the first three steps agree.
func TestGorgoniaDoesTheSame(t *testing.T) {
	for _, c := range contests(8) {
		other := c.gorgonia(t, tensor.Float64)
		m := c.declive(tensor.Float64)
		step, err := compiled(m, c.rate)
		require.NoError(t, err)
		for k := range 3 {
			want, err := step(m.batch)
			require.NoError(t, err)
			other.step(t)
			require.InEpsilon(t, want, other.loss.Data(), 1e-9, "%s step %d", c.name, k) // thousands of roundings of 1e-16
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for _, c := range contests(256) {
		for _, dt := range both {
			b.Run("case="+c.name+"/dtype="+dt.String()+"/lib=declive", func(b *testing.B) {
				m := c.declive(dt)
				step, err := compiled(m, c.rate)
				require.NoError(b, err)
				b.ReportAllocs()
				for b.Loop() {
					_, err := step(m.batch)
					require.NoError(b, err)
				}
			})
			b.Run("case="+c.name+"/dtype="+dt.String()+"/lib=gorgonia", func(b *testing.B) {
				s := c.gorgonia(b, dt)
				b.ReportAllocs()
				for b.Loop() {
					s.step(b)
				}
			})
		}
	}
}

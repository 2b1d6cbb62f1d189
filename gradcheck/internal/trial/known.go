package trial

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
)

// known returns the perceptron's problem with the graph of its loss, so that a
// report can say where in it the hand-written gradient goes wrong.
func (p *perceptron) known() gradcheck.Problem {
	q := p.problem()
	var params []*autodiff.Param
	for _, v := range q.Vars {
		params = append(params, autodiff.NewParam(v.Name, array(v.Value, v.Shape...)))
	}
	loss := func(x, y *node) *node {
		g := x.Graph()
		w1, b1, w2, b2 := g.Param(params[0]), g.Param(params[1]), g.Param(params[2]), g.Param(params[3])
		s := x.MatMul(w1.T()).Add(b1).Tanh().MatMul(w2.T()).Add(b2)
		return s.LogSoftmax(1).Pick(y).Mean().Neg().Add(w1.Square().Sum().Add(w2.Square().Sum()).MulScalar(lambda))
	}
	batch := autodiff.Batch{X: array(p.x, p.n, p.d), Y: tensor.New(tensor.WithShape(p.n), tensor.WithBacking(p.y))}
	return handWritten(gradcheck.LossProblem(loss, params, batch))(q.Grad)
}

// handWritten puts a gradient into the problem of a graph.
func handWritten(p gradcheck.Problem, err error) func(grad func([][]float64) ([][]float64, error)) gradcheck.Problem {
	if err != nil {
		panic(err) // the cases are fixed
	}
	return func(grad func([][]float64) ([][]float64, error)) gradcheck.Problem {
		p.VJP, p.Grad = nil, grad
		return p
	}
}

func array(v []float64, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]float64(nil), v...)))
}

// residual is a layer with a connection around it and weights that are used
// twice, for 5 rows of 4:
//
//	u = x Aᵀ   h = tanh(u + b)   r = u + h   y = r A   s = y∘gain   L = mean s²/2
//
// It is known as a graph, and its gradient is written by hand.
func residual(bug string) gradcheck.Problem {
	const n, d = 5, 4
	x := numbers(n*d, 41)
	params := []*autodiff.Param{
		autodiff.NewParam("A", array(numbers(d*d, 42), d, d)),
		autodiff.NewParam("b", array(numbers(d, 43), d)),
		autodiff.NewParam("gain", array(numbers(d, 44), d)),
	}
	loss := func(x, _ *node) *node {
		g := x.Graph()
		a, b, gain := g.Param(params[0]), g.Param(params[1]), g.Param(params[2])
		u := x.MatMul(a.T())
		r := u.Add(u.Add(b).Tanh())
		return r.MatMul(a).Mul(gain).Square().Mean().MulScalar(0.5)
	}
	grad := func(w [][]float64) ([][]float64, error) {
		return residualGradient(bug, n, d, x, w), nil
	}
	return handWritten(gradcheck.LossProblem(loss, params, autodiff.Batch{X: array(x, n, d)}))(grad)
}

func residualGradient(bug string, n, d int, x []float64, w [][]float64) [][]float64 {
	a, b, gain := w[0], w[1], w[2]
	out := blank(w)
	u := product(n, d, d, x, transpose(d, d, a))
	h, r := make([]float64, n*d), make([]float64, n*d)
	for i := range u {
		h[i] = math.Tanh(u[i] + b[i%d])
		r[i] = u[i] + h[i]
	}
	y := product(n, d, d, r, a)
	dy := make([]float64, n*d)
	for i := range y {
		ds := y[i] * gain[i%d] / float64(n*d)
		dy[i] = ds * gain[i%d]
		if bug == "gain with the layer's input" {
			out[2][i%d] += ds * r[i]
		} else if bug != "gain of the last row" || i/d == n-1 {
			out[2][i%d] += ds * y[i]
		}
	}
	dr := product(n, d, d, dy, transpose(d, d, a))
	du := make([]float64, n*d)
	skip, branch := residualPaths(bug)
	for i := range du {
		dz := dr[i] * tanhSlope(bug, u[i]+b[i%d], h[i])
		du[i] = skip*dr[i] + branch*dz
		if bug != "b of the first row" && bug != "b of the last row" || bug == "b of the first row" && i/d == 0 || bug == "b of the last row" && i/d == n-1 {
			out[1][i%d] += dz
		}
	}
	first, second := product(d, n, d, transpose(n, d, du), x), product(d, n, d, transpose(n, d, r), dy)
	for i := range out[0] {
		switch bug {
		case "first use of A forgotten":
			out[0][i] = second[i]
		case "second use of A forgotten":
			out[0][i] = first[i]
		default:
			out[0][i] = first[i] + second[i]
		}
	}
	return out
}

// residualPaths returns how often the connection around the layer and the layer
// count.
func residualPaths(bug string) (skip, branch float64) {
	switch bug {
	case "connection forgotten":
		return 0, 1
	case "layer forgotten":
		return 1, 0
	case "connection added twice":
		return 2, 1
	case "layer subtracted":
		return 1, -1
	}
	return 1, 1
}

// tanhSlope is 1 − h², or a mistake.
func tanhSlope(bug string, z, h float64) float64 {
	switch bug {
	case "tanh' left out":
		return 1
	case "tanh' of the sum":
		return 1 - z*z
	case "tanh' at the result":
		return 1 - math.Tanh(h)*math.Tanh(h)
	}
	return 1 - h*h
}

// product returns a·b for a (m, k) and b (k, n).
func product(m, k, n int, a, b []float64) []float64 {
	y := make([]float64, m*n)
	for i := range m {
		for l := range k {
			for j := range n {
				y[i*n+j] += a[i*k+l] * b[l*n+j]
			}
		}
	}
	return y
}

func transpose(m, n int, a []float64) []float64 {
	t := make([]float64, m*n)
	for i := range m {
		for j := range n {
			t[j*m+i] = a[i*n+j]
		}
	}
	return t
}

// knownBugs are mistakes in gradients of functions that are known as graphs.
var knownBugs = []struct{ name, cause string }{
	{"connection forgotten", "through op Add at .* dropped"},
	{"layer forgotten", "dropped"},
	{"connection added twice", "counts 2 times"},
	{"layer subtracted", "counts -1 times"},
	{"first use of A forgotten", "from A through .* dropped"},
	{"second use of A forgotten", "from A through .* dropped"},
	{"tanh' left out", "derivative of op Tanh at .* is left out"},
	{"tanh' of the sum", "derivative of op Tanh at .* written with its result"},
	{"tanh' at the result", "derivative of op Tanh at .* taken at its result"},
	{"b of the first row", "index 0 along axis 0 alone: not summed"},
	{"b of the last row", "index 4 along axis 0 alone: not summed"},
	{"gain of the last row", "index 4 along axis 0 alone: not summed"},
	{"gain with the layer's input", "uses the value of"},
}

var knownPerceptronBugs = []struct{ name, cause string }{
	{"sums instead of activations", "uses the value of op Add at .* needs that of op Tanh"},
	{"no derivative of tanh", "derivative of op Tanh at .* is left out"},
	{"tanh' of the sum", "derivative of op Tanh at .* written with its result"},
	{"b2 of one example", "index 0 along axis 0 alone: not summed"},
	{"regularisation forgotten", "regularisation"},
	{"sum instead of mean", "6"},
	{"one class left out of the sum", "in W1"},
	{"next example's features", "in W1"},
}

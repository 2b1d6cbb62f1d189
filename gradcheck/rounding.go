package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"declive/autodiff"
)

// rounds holds the operations whose results are rounded; others move or choose
// numbers.
var rounds = map[string]bool{
	"Add": true, "Sub": true, "Mul": true, "Div": true, "Pow": true, "Sqrt": true, "Exp": true, "Expm1": true,
	"Log": true, "Log1p": true, "Sin": true, "Cos": true, "Tanh": true, "Sigmoid": true, "Softplus": true,
	"Sech2": true, "LogisticDensity": true,
	"MatMul": true, "Sum": true,
}

// A noisyGradient computes the graph's gradient in float64 with every result of
// the forward and of the backward pass multiplied by 1 + ε of its own. Where a
// derivative cancels, a rounding in float32 moves the gradient far.
type noisyGradient struct {
	program *runner
	inputs  []*autodiff.Node // of noise
	place   []int            // in the outputs for each variable, or −1
}

func (g *graphProblem) noisy() (n *noisyGradient, err error) {
	defer autodiff.Catch(&err)
	rec, r := g.open()
	rec.output = r.node(g.output)
	dy := r.to.Input("incoming gradient", rec.output.Shape()...)
	n = &noisyGradient{}
	var reached []*autodiff.Node
	for _, x := range rec.vars {
		n.place = append(n.place, -1)
		if rec.output.DependsOn(x) {
			n.place[len(n.place)-1] = len(reached)
			reached = append(reached, x)
		}
	}
	grads, err := autodiff.GradOf(rec.output, dy, reached...)
	if err != nil {
		return nil, err
	}
	copies := n.copies(r.to, rec, dy, grads)
	n.program, err = newRunner(slices.Concat(copies.vars, n.inputs), copies.fixed, copies.grads...)
	return n, err
}

// A noisyCopy is the graph of a gradient with noise: variables with the incoming
// gradient behind them, what is fed, and the result.
type noisyCopy struct {
	vars  []*autodiff.Node
	fixed []feed
	grads []*autodiff.Node
}

func (n *noisyGradient) copies(from *autodiff.Graph, rec *recording, dy *autodiff.Node, grads []*autodiff.Node) noisyCopy {
	var out noisyCopy
	r := newReplay(autodiff.NewGraph(from.Precision()))
	for _, x := range append(slices.Clone(rec.vars), dy) {
		r.copies[x] = r.to.Input(x.Name(), x.Shape()...)
		out.vars = append(out.vars, r.copies[x])
	}
	for _, f := range rec.fixed {
		node, value := dataNode(r.to, f.node.Name(), f.value)
		r.copies[f.node] = node
		out.fixed = append(out.fixed, feed{node, value})
	}
	for _, m := range needed(grads...) {
		if r.node(m); rounds[m.Op()] {
			noise := r.to.Input(fmt.Sprintf("noise %d", len(n.inputs)), m.Shape()...)
			n.inputs = append(n.inputs, noise)
			r.copies[m] = r.copies[m].Mul(noise)
		}
	}
	for _, d := range grads {
		out.grads = append(out.grads, r.copies[d])
	}
	return out
}

// run returns the gradient with new noise of ±ε.
func (n *noisyGradient) run(rng *rand.Rand, eps float64, x [][]float64, v []float64) ([][]float64, error) {
	in := append(slices.Clone(x), v)
	for _, node := range n.inputs {
		noise := make([]float64, node.Shape().Size())
		for i := range noise {
			noise[i] = 1 + eps*float64(1-2*rng.IntN(2))
		}
		in = append(in, noise)
	}
	found, err := n.program.run(in)
	if err != nil {
		return nil, err
	}
	out := zeros(x)
	for b, k := range n.place {
		if k >= 0 {
			out[b] = found[k]
		}
	}
	return out, nil
}

// addRounding raises the rounding error of a float32 gradient at x to eight times
// what noise of its size does to the graph's gradient, but not over 5 % of the
// largest, or over eight roundings of the largest number in the graph: where all of
// a gradient is as small as these, as that of saturated units, float32 may lose it.
func (c *checker) addRounding(x, extra [][]float64) error {
	if c.p.graph == nil {
		return nil
	}
	noisy, err := c.p.graph.noisy()
	if err != nil {
		return err
	}
	own, err := noisy.run(c.rng, 0, x, c.v)
	if err != nil {
		return err
	}
	for range 4 {
		g, err := noisy.run(c.rng, eps32, x, c.v)
		if err != nil {
			return err
		}
		for b := range g {
			most := max(0.05*largestOf(own[b]), 8*eps32*c.largest/common(scales(x[b])))
			for i := range g[b] {
				extra[b][i] = max(extra[b][i], min(8*math.Abs(g[b][i]-own[b][i]), most))
			}
		}
	}
	return nil
}

package trace

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"declive/autodiff"
)

// A NoisyGradient computes a function's gradient in float64 with every result of
// the forward and of the backward pass multiplied by 1 + ε of its own. Where a
// derivative cancels, a rounding in float32 moves the gradient far.
type NoisyGradient struct {
	program *Runner
	inputs  []*autodiff.Node // of noise
	place   []int            // in the outputs for each variable, or −1
}

// Noisy compiles the gradient with noise.
func (f *Function) Noisy() (n *NoisyGradient, err error) {
	defer autodiff.Catch(&err)
	exact, err := f.Copy()
	if err != nil {
		return nil, err
	}
	dy := exact.Incoming()
	n = &NoisyGradient{}
	grads, place, err := exact.gradients(dy)
	if err != nil {
		return nil, err
	}
	n.place = place
	exact.Vars = append(exact.Vars, dy)
	noisy, outputs := n.multiply(exact, grads)
	n.program, err = NewRunner(slices.Concat(noisy.Vars, n.inputs), noisy.Fixed, outputs...)
	return n, err
}

// multiply copies the gradients, with an input of noise behind every result that
// is rounded.
func (n *NoisyGradient) multiply(exact *Function, grads []*autodiff.Node) (noisy *Function, outputs []*autodiff.Node) {
	noisy, r := exact.Open()
	for _, m := range Needed(grads...) {
		if r.Node(m); m.Traits().Rounds {
			noise := r.To.Input(fmt.Sprintf("noise %d", len(n.inputs)), m.Shape()...)
			n.inputs = append(n.inputs, noise)
			r.Copies[m] = r.Copies[m].Mul(noise)
		}
	}
	for _, d := range grads {
		outputs = append(outputs, r.Copies[d])
	}
	return noisy, outputs
}

// Run returns the gradient at x with new noise of ±eps, for the incoming gradient
// v: one slice for each variable, 0 where no derivative reaches.
func (n *NoisyGradient) Run(rng *rand.Rand, eps float64, x [][]float64, v []float64) ([][]float64, error) {
	in := append(slices.Clone(x), v)
	for _, node := range n.inputs {
		noise := make([]float64, node.Shape().Size())
		for i := range noise {
			noise[i] = 1 + eps*float64(1-2*rng.IntN(2))
		}
		in = append(in, noise)
	}
	found, err := n.program.Run(in)
	if err != nil {
		return nil, err
	}
	out := make([][]float64, len(x))
	for b, k := range n.place {
		if k >= 0 {
			out[b] = found[k]
		} else {
			out[b] = make([]float64, len(x[b]))
		}
	}
	return out, nil
}

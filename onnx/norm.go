package onnx

import (
	"cmp"
	"math"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/nn"
)

// Norms are written as formulas: the operator LayerNormalization takes its mean in
// float32 whatever the precision, and BatchNormalization wants channels first.

// batchNorm adds (x − μ)·k, where k = 1/√(σ² + ε) is a constant since the running
// statistics are.
func (g *graph) batchNorm(l *nn.BatchNorm, x string) (string, error) {
	in, err := g.params(x, l.Mean)
	if err != nil {
		return "", err
	}
	k := dense.Floats(l.Variance.Value())
	for i, v := range k {
		k[i] = 1 / math.Sqrt(v+cmp.Or(l.Epsilon, nn.DefaultEpsilon))
	}
	y := g.node("Mul", g.node("Sub", in...), g.unnamed([]int{len(k)}, k))
	return g.affine(y, l.Scale, l.Shift)
}

// groupNorm normalises images of shape (n, height, width, groups, channels of one).
func (g *graph) groupNorm(l *nn.GroupNorm, x string) (string, error) {
	const same, rest = 0, -1
	grouped := g.node("Reshape", x, g.integers(same, same, same, l.Groups, rest))
	y := g.normalise(grouped, l.Epsilon, 1, 2, 4)
	return g.affine(g.node("Reshape", y, g.node("Shape", x)), l.Scale, l.Shift)
}

// normalise adds (x − μ)/√(σ² + ε) over some axes.
func (g *graph) normalise(x string, epsilon float64, axes ...int) string {
	return g.overRoot(g.node("Sub", x, g.mean(x, axes)), epsilon, axes...)
}

// overRoot adds x/√(mean x² + ε) over some axes.
func (g *graph) overRoot(x string, epsilon float64, axes ...int) string {
	square := g.mean(g.node("Mul", x, x), axes)
	return g.node("Div", x, g.node("Sqrt", g.node("Add", square, g.number(cmp.Or(epsilon, nn.DefaultEpsilon)))))
}

// mean adds the mean over axes, which stay with length 1.
func (g *graph) mean(x string, axes []int) string {
	return g.nodeWith("ReduceMean", []attribute{{name: "axes", list: axes}, {name: "keepdims", value: 1}}, x)
}

// affine adds x·γ + β for what there is of them.
func (g *graph) affine(x string, scale, shift *autodiff.Param) (string, error) {
	for _, of := range []struct {
		op string
		p  *autodiff.Param
	}{{"Mul", scale}, {"Add", shift}} {
		in, err := g.params(x, of.p)
		if err != nil {
			return "", err
		}
		if len(in) == 2 {
			x = g.node(of.op, in...)
		}
	}
	return x, nil
}

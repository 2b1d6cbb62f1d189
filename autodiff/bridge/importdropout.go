package bridge

import (
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// dropout records x·m, where m is an input that [Imported.Feeds] draws, what the op
// makes of ones, or with
// three operands, x, y and dy, the derivative of that,
//
//	dx = dy·m
//
// Gorgonia's divides by the probability p to drop an element where y divides by
// 1 − p; it is right for p = ½ only.
func (im *Imported) dropout(n *G.Node) *autodiff.Node {
	in := im.index.children(n)
	if len(in) == 3 {
		im.node(in[1])
		return im.node(in[2]).Mul(im.masks[in[1]])
	}
	m := im.fed(n, func() (G.Value, error) { return n.Op().Do(tensor.Ones(im.dtype, n.Shape()...)) })
	im.masks[n] = m
	return im.node(in[0]).Mul(m)
}

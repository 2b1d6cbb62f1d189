package bridge

import (
	"fmt"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A norm is a batch normalisation that trains: a run moves its running statistics
// towards those of the batch.
type norm struct {
	op             *G.BatchNormOp
	momentum       float64
	mean, variance *autodiff.Node // of the batch, the variance of n elements by n − 1
}

// normalised records a batch normalisation,
//
//	x̂ = (x − μ)/√(σ² + ε)
//
// of x (n, features) or images (n, channels, height, width), by the statistics of the
// batch where the op trains, else by the running ones. With two operands, x and dx̂, it
// is the derivative; Gorgonia's, for images where the op does not train, divides by √ε.
func (im *Imported) normalised(n *G.Node) *autodiff.Node {
	in := im.index.children(n)
	op := im.normOp(n)
	x, toOurs, toTheirs := im.node(in[0]), same, same
	if len(x.Shape()) == 4 {
		toOurs, toTheirs = channelsLast, channelsFirst
	}
	x = toOurs(x)
	y := im.norm(n, op, x)
	if len(in) == 2 {
		return toTheirs(derivative(y, toOurs(im.node(in[1])), x))
	}
	return toTheirs(y)
}

func same(x *autodiff.Node) *autodiff.Node { return x }

// normOp returns the op that holds the statistics.
func (im *Imported) normOp(n *G.Node) *G.BatchNormOp {
	if op, ok := n.Op().(*G.BatchNormOp); ok {
		return op
	}
	op, ok := im.attribute(n, "BatchNormOp").Interface().(*G.BatchNormOp)
	if !ok {
		im.refuse(n, "the op has no statistics in this version of Gorgonia")
	}
	return op
}

func (im *Imported) norm(n *G.Node, op *G.BatchNormOp, x *autodiff.Node) *autodiff.Node {
	epsilon, training := im.attribute(n, "epsilon").Float(), im.attribute(n, "training").Bool()
	im.training[op] = training
	if !training {
		s := im.statistics(op)
		return x.Sub(s[0]).Div(s[1].AddScalar(epsilon).Sqrt())
	}
	axes := []int{0, 1, 2}[:len(x.Shape())-1]
	rows := x.Shape()[:len(axes)].Size()
	if _, forward := n.Op().(*G.BatchNormOp); forward {
		im.norms = append(im.norms, norm{
			op, im.attribute(n, "momentum").Float(),
			x.Mean(axes...), x.Variance(axes...).MulScalar(float64(rows) / float64(rows-1)),
		})
	}
	return x.Normalize(epsilon, axes...)
}

// statistics records an op's running mean and variance as inputs.
func (im *Imported) statistics(op *G.BatchNormOp) [2]*autodiff.Node {
	if s, ok := im.running[op]; ok {
		return s
	}
	mean, variance := op.Stats()
	var s [2]*autodiff.Node
	for i, v := range []tensor.Tensor{mean, variance} {
		s[i] = im.Graph.Input(fmt.Sprintf("running statistic %d", len(im.inputs)), v.Shape()...)
		im.inputs = append(im.inputs, imported{s[i], func() (G.Value, error) { return v, nil }})
	}
	im.running[op] = s
	return s
}

// move moves the running statistics, as Gorgonia does, towards those of a batch.
func (s norm) move(mean, variance *tensor.Dense) error {
	means, variances := s.op.Stats()
	return s.op.SetStats(s.moved(means, mean), s.moved(variances, variance))
}

func (s norm) moved(old tensor.Tensor, to *tensor.Dense) *tensor.Dense {
	was, is := elements(old), elements(to)
	for i := range is {
		is[i] = s.momentum*is[i] + (1-s.momentum)*was[i]
	}
	return dense.New(to.Dtype(), to.Shape(), is)
}

package autodiff

import "gorgonia.org/tensor"

// A Batch is a set of examples with their targets: what a loss is evaluated on.
//
// X has one example a row: shape (n, …), float32 or float64. Y is either class
// indices, a tensor of Int of shape (n), or real targets of any shape, float32
// or float64.
type Batch struct {
	X, Y *tensor.Dense
}

// A LossFunc records a scalar loss of examples x and targets y. Parameters
// reach it through what it closes over, usually a model.
type LossFunc func(x, y *Node) *Node

package autodiff

import (
	"fmt"
	"strings"

	"gorgonia.org/tensor"
)

// A Batch is a set of examples with their targets: what a loss is evaluated on.
//
// X has one example a row: shape (n, …), float32 or float64. Y is either class
// indices, a tensor of Int of shape (n), or real targets of any shape, float32
// or float64. More holds what a loss takes besides: weights of the examples, a
// mask, the other input of a model with two. Sparse examples have X of shape (n, 0)
// and their features in More: see [SparseMore].
type Batch struct {
	X, Y *tensor.Dense
	More []Named
}

// A Named is a further value of a batch: numbers of any shape, float32 or
// float64, or a vector of class indices, a tensor of Int. Batches that follow
// each other hold the same names in the same order.
type Named struct {
	Name  string
	Value *tensor.Dense
}

// String tells the names, shapes and precisions of what b holds: "X (64, 784)
// float32, Y (64) int".
func (b Batch) String() string {
	var parts []string
	for _, n := range append([]Named{{"X", b.X}, {"Y", b.Y}}, b.More...) {
		if n.Value != nil {
			parts = append(parts, fmt.Sprintf("%s %v %v", n.Name, Shape(n.Value.Shape()), n.Value.Dtype()))
		}
	}
	if parts == nil {
		return "an empty batch"
	}
	return strings.Join(parts, ", ")
}

// A LossFunc records a scalar loss of examples x and targets y. Parameters
// reach it through what it closes over, usually a model. Everything else it asks
// of x's graph: [Graph.Given] returns further values of the batch by name, and
// [Graph.Training] tells whether it is recorded to train or to judge.
//
//	func(x, y *autodiff.Node) *autodiff.Node {
//		errors := model.Forward(x).Sub(y).Square()
//		return errors.Mul(x.Graph().Given("weights")).Mean()
//	}
type LossFunc func(x, y *Node) *Node

package autodiff

import (
	"iter"

	"declive/internal/kernel/conv"
)

// Traits are facts about an op for those who walk through graphs. Each op
// states them itself, once. Of a leaf none is true.
type Traits struct {
	// Elementwise says that each element of the result is the same function of
	// the operands' elements at its place, after broadcasting. So the op can be
	// repeated on operands of other shapes.
	Elementwise bool

	// Rounds says that results are rounded to the graph's precision. Other ops
	// move or choose numbers, change their sign or return 0, 1 or −1.
	Rounds bool

	// Flat says that the derivative is 0 wherever it exists.
	Flat bool

	// Sums says that each element of the result, and of its derivative, is a sum
	// of operands' elements or of their negatives, of the same ones whatever
	// their values are. Where terms cancel, the result is smaller than they are.
	Sums bool
}

// Traits returns facts about the op that n is the result of.
func (n *Node) Traits() Traits { return n.op.traits() }

// Ops returns the names of all ops, as [Node.Op] has them, with their traits.
// Leaves are not among them.
func Ops() iter.Seq2[string, Traits] {
	return func(yield func(string, Traits) bool) {
		for _, o := range ops() {
			if !yield(o.name(), o.traits()) {
				return
			}
		}
	}
}

// ops lists one op of each type, by families; a test fails for one that is
// left out.
func ops() []op {
	return []op{
		add{}, sub{}, mul{}, div{}, neg{}, pow{}, sqrt{},
		exp{}, expm1{}, log{}, log1p{}, tanh{}, sech2{}, sigmoid{}, logisticDensity{}, softplus{},
		sin{}, cos{}, erf{}, erfc{},
		relu{}, abs{}, sign{}, maximum{}, minimum{}, greater{}, greaterEqual{}, equal{}, notEqual{}, where{},
		matMul{},
		convolution{}, convolution{role: conv.Data}, convolution{role: conv.Weights},
		maxPool{}, spreadPool{}, pickPool{},
		normalize{}, random{},
		sum{}, reduceMax{},
		transpose{}, reshape{}, broadcast{}, slice{}, pad{}, concat{},
		pick{}, oneHot{},
		stopGradient{}, assign{},
	}
}

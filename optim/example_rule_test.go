package optim_test

import (
	"fmt"

	"declive/autodiff"
	"declive/optim"
)

func ExampleScheduled() {
	rule := optim.Scheduled(optim.SGD{LearningRate: 0.8}, optim.WarmUp(4))
	rule = optim.Scheduled(rule, optim.StepDecay(6, 0.5))
	for _, step := range []int{1, 2, 4, 7, 13} {
		fmt.Println(step, rule.Rate(step))
	}
	// Output:
	// 1 0.2
	// 2 0.4
	// 4 0.8
	// 7 0.4
	// 13 0.2
}

// Signed steps by the sign of the gradient alone.
type Signed struct{ LearningRate float64 }

func (Signed) Slots() int         { return 0 }
func (r Signed) Rate(int) float64 { return r.LearningRate }
func (Signed) Update(u optim.Update) (*autodiff.Node, []*autodiff.Node) {
	return u.W.Sub(u.Rate.Mul(u.G.Sign())), nil
}

// A rule of one's own is three methods; it composes with the others.
func ExampleRule() {
	rule := optim.WeightDecay(Signed{LearningRate: 0.1}, 0.01)
	fmt.Println(rule.Rate(1), rule.Slots())
	// Output: 0.1 0
}

package optim

import (
	"cmp"
	"fmt"
	"math"

	"declive/autodiff"
	"declive/internal/setting"
)

// Muon follows for a matrix the momentum with its singular values brought near 1, so
// that a step is as long in rare directions as in frequent ones (Jordan and others,
// Muon: an optimizer for hidden layers in neural networks, 2024):
//
//	m ← μ·m + g
//	X = (g + μ·m)/‖g + μ·m‖    with the new m; the norm of all elements
//	X ← a·X + (b·A + c·A²)·X   with A = X·Xᵀ, some times over
//	w ← w − η·√max(1, rows/columns)·X
//
// The polynomial, with a = 3.4445, b = −4.7750 and c = 2.0315, is a Newton–Schulz step
// that takes a singular value from near 0 upwards quickly and then leaves it between
// 0.68 and 1.13. A gradient of 0 moves nothing but what the momentum does.
//
// Parameters that are no matrix need another rule, see [WithGroups]; with Muon they
// are an error of the first step.
type Muon struct {
	LearningRate float64 // η
	Momentum     float64 // μ, between 0 and 1; 0 stands for 0.95
	Iterations   int     // of the polynomial; 0 stands for 5
}

var _ Rule = Muon{}

// complete returns r with its standard values in the place of zeros.
func (r Muon) complete() Muon {
	r.Momentum, r.Iterations = cmp.Or(r.Momentum, 0.95), cmp.Or(r.Iterations, 5)
	return r
}

// Slots returns 1, the momentum.
func (Muon) Slots() int { return 1 }

// Rate returns the learning rate, the same at every step.
func (r Muon) Rate(int) float64 { return r.LearningRate }

// Check refuses a momentum that is not between 0 and 1, and iterations that are not
// from 1 to 100.
func (r Muon) Check() error {
	r = r.complete()
	if r.Iterations < 1 || r.Iterations > 100 {
		return fmt.Errorf("optim: Muon: Iterations is %d, want 1 to 100, or 0 for 5", r.Iterations)
	}
	return setting.Fraction("optim: Muon: Momentum", r.Momentum)
}

// Update records the new parameter and momentum.
func (r Muon) Update(u Update) (*autodiff.Node, []*autodiff.Node) {
	u.check(r)
	r = r.complete()
	shape := u.W.Shape()
	if len(shape) != 2 {
		autodiff.Fail("optim.Muon.Update", "the parameter is no matrix; give it another rule by WithGroups", shape)
	}
	m := u.Slots[0].MulScalar(r.Momentum).Add(u.G)
	x := orthogonal(u.G.Add(m.MulScalar(r.Momentum)), r.Iterations)
	if shape[1] > 0 {
		x = x.MulScalar(math.Sqrt(max(1, float64(shape[0])/float64(shape[1]))))
	}
	return u.W.Sub(u.Rate.Mul(x)), []*autodiff.Node{m}
}

// orthogonal returns a matrix with the singular vectors of x, and singular values
// near 1. It multiplies by the smaller of x·xᵀ and xᵀ·x.
func orthogonal(x *autodiff.Node, iterations int) *autodiff.Node {
	if shape := x.Shape(); shape[0] > shape[1] {
		return orthogonal(x.T(), iterations).T()
	}
	x = x.Div(x.Norm().Max(x.Graph().Scalar(1e-30))) // 0 stays 0
	for range iterations {
		a := x.MatMul(x.T())
		x = x.MulScalar(3.4445).Add(a.MulScalar(-4.7750).Add(a.MatMul(a).MulScalar(2.0315)).MatMul(x))
	}
	return x
}

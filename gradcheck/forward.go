package gradcheck

import (
	"fmt"
	"math"

	"declive/autodiff"
)

// Step is the h that the lecture uses with [Forward].
const Step = 1e-5

// Forward returns the numerical gradient of f at w by the textbook formula, one
// weight at a time:
//
//	g_i = (f(w + h e_i) − f(w)) / h
//
// Each weight is restored before the next one moves, so w holds the same bits
// afterwards. The result is wrong by about h·f″/2 + 2ε|f|/h and a kink within h
// of w spoils it, which is why [Check] does not use it. Of a model's loss it is
//
//	gradcheck.Forward(objective.Problem().Func, objective.Point(), gradcheck.Step)
//
// with a curvature.Objective. Forward panics with an [*autodiff.Error] if f is nil or
// h is 0 or not finite.
func Forward(f func(w []float64) float64, w []float64, h float64) []float64 {
	switch {
	case f == nil:
		autodiff.Fail("gradcheck.Forward", "the function is nil")
	case h == 0 || math.IsNaN(h) || math.IsInf(h, 0):
		autodiff.Fail("gradcheck.Forward", fmt.Sprintf("the step is %v, want a finite number other than 0", h))
	}
	g := make([]float64, len(w))
	f0 := f(w)
	for i, old := range w {
		w[i] = old + h
		g[i] = (f(w) - f0) / h
		w[i] = old
	}
	return g
}

package losses

import (
	"fmt"

	"declive/autodiff"
	"declive/internal/setting"
)

// Squared returns the mean squared error of predictions f for targets y,
//
//	L = 1/N Σᵢ (yᵢ − fᵢ)²
//
// with f and y each of shape (n) or (n, 1). Where an example has several
// outputs, f and y have the same shape (n, …) and the squares of one example are
// added, not averaged.
func Squared(f, y *autodiff.Node) *autodiff.Node {
	e := errorsOf(f, y)
	return e.Square().Sum().DivScalar(float64(e.Shape()[0]))
}

// EachSquared returns the terms of [Squared], of shape (n).
func EachSquared(f, y *autodiff.Node) *autodiff.Node {
	e := errorsOf(f, y)
	n := e.Shape()[0]
	return e.Square().Reshape(n, e.Shape()[1:].Size()).Sum(1)
}

// errorsOf returns y − f.
func errorsOf(f, y *autodiff.Node) *autodiff.Node {
	need("losses.Squared", f, y)
	if len(f.Shape()) < 2 || len(y.Shape()) < 2 {
		f, y = columns("losses.Squared", f, y)
	}
	if y.IsLabels() || !f.Shape().Equal(y.Shape()) {
		autodiff.Fail("losses.Squared", "predictions and targets differ in shape", f.Shape(), y.Shape())
	}
	return y.Sub(f)
}

// Huber returns Huber's loss with threshold δ of predictions f for targets y
// (Huber, Robust estimation of a location parameter, 1964),
//
//	L = 1/N Σᵢ h(|yᵢ − fᵢ|)    h(a) = q·(a − q/2) with q = min(a, δ)
//
// for f and y each of shape (n) or (n, 1): half the square up to the threshold,
// beyond it a line of slope δ, so that no single target pulls harder than that. δ
// has the unit of the targets. Huber panics with an [*autodiff.Error] if it is not
// positive and finite.
func Huber(delta float64, f, y *autodiff.Node) *autodiff.Node { return EachHuber(delta, f, y).Mean() }

// EachHuber returns the terms of [Huber], of shape (n).
func EachHuber(delta float64, f, y *autodiff.Node) *autodiff.Node {
	f, y = columns("losses.Huber", f, y)
	if !setting.IsPositive(delta) {
		autodiff.Fail("losses.Huber", fmt.Sprintf("threshold %v, want a positive, finite number", delta))
	}
	a := y.Sub(f).Abs()
	q := a.Clamp(0, delta)
	return q.Mul(a.Sub(q.MulScalar(0.5)))
}

// Hinge returns the loss of the binary support vector machine (Cortes and
// Vapnik, Support-Vector Networks, 1995),
//
//	L = 1/N Σᵢ max(0, 1 − yᵢ·fᵢ)
//
// for scores f and targets y, each of shape (n) or (n, 1). Targets are −1 or 1,
// real numbers, not labels; other values are not detected. At the kink yᵢ·fᵢ = 1
// the derivative is 0.
func Hinge(f, y *autodiff.Node) *autodiff.Node { return EachHinge(f, y).Mean() }

// EachHinge returns the terms of [Hinge], of shape (n).
func EachHinge(f, y *autodiff.Node) *autodiff.Node {
	f, y = columns("losses.Hinge", f, y)
	return y.Mul(f).Neg().AddScalar(1).ReLU()
}

// Logistic returns the loss of logistic regression, the negative logarithm of
// the probability that the model gives to the right class,
//
//	L = 1/N Σᵢ ln(1 + exp(−yᵢ·fᵢ))
//
// for scores f and targets y as in [Hinge]. It neither overflows nor loses small
// values: for yᵢ·fᵢ far below zero the term is −yᵢ·fᵢ, far above it exp(−yᵢ·fᵢ).
func Logistic(f, y *autodiff.Node) *autodiff.Node { return EachLogistic(f, y).Mean() }

// EachLogistic returns the terms of [Logistic], of shape (n).
func EachLogistic(f, y *autodiff.Node) *autodiff.Node {
	f, y = columns("losses.Logistic", f, y)
	return y.Mul(f).Neg().Softplus()
}

// columns returns one score and one target per example as vectors. Without it
// (n, 1) and (n) would broadcast to (n, n).
func columns(loss string, f, y *autodiff.Node) (*autodiff.Node, *autodiff.Node) {
	need(loss, f, y)
	switch {
	case f.IsLabels() || y.IsLabels():
		autodiff.Fail(loss, "the targets are class indices; feed real numbers")
	case !isColumn(f.Shape()) || !isColumn(y.Shape()):
		autodiff.Fail(loss, "scores and targets must have shape (n) or (n, 1)", f.Shape(), y.Shape())
	case f.Shape()[0] != y.Shape()[0]:
		autodiff.Fail(loss, "as many targets as scores are needed", f.Shape(), y.Shape())
	}
	n := f.Shape()[0]
	return f.Reshape(n), y.Reshape(n)
}

// need refuses scores or targets that are nil.
func need(loss string, scores, targets *autodiff.Node) {
	if scores == nil || targets == nil {
		autodiff.Fail(loss, "scores or targets are nil")
	}
}

func isColumn(s autodiff.Shape) bool { return len(s) == 1 || len(s) == 2 && s[1] == 1 }

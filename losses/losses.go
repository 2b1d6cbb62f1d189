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
	need("losses.Squared", f, y)
	if len(f.Shape()) < 2 || len(y.Shape()) < 2 {
		f, y = columns("losses.Squared", f, y)
	}
	if y.IsLabels() || !f.Shape().Equal(y.Shape()) {
		autodiff.Fail("losses.Squared", "predictions and targets differ in shape", f.Shape(), y.Shape())
	}
	n := f.Shape()[0]
	return y.Sub(f).Square().Sum().DivScalar(float64(n))
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
func Huber(delta float64, f, y *autodiff.Node) *autodiff.Node {
	f, y = columns("losses.Huber", f, y)
	if !setting.IsPositive(delta) {
		autodiff.Fail("losses.Huber", fmt.Sprintf("threshold %v, want a positive, finite number", delta))
	}
	a := y.Sub(f).Abs()
	q := a.Clamp(0, delta)
	return q.Mul(a.Sub(q.MulScalar(0.5))).Mean()
}

// Hinge returns the loss of the binary support vector machine (Cortes and
// Vapnik, Support-Vector Networks, 1995),
//
//	L = 1/N Σᵢ max(0, 1 − yᵢ·fᵢ)
//
// for scores f and targets y, each of shape (n) or (n, 1). Targets are −1 or 1,
// real numbers, not labels; other values are not detected. At the kink yᵢ·fᵢ = 1
// the derivative is 0.
func Hinge(f, y *autodiff.Node) *autodiff.Node {
	f, y = columns("losses.Hinge", f, y)
	return y.Mul(f).Neg().AddScalar(1).ReLU().Mean()
}

// Logistic returns the loss of logistic regression, the negative logarithm of
// the probability that the model gives to the right class,
//
//	L = 1/N Σᵢ ln(1 + exp(−yᵢ·fᵢ))
//
// for scores f and targets y as in [Hinge]. It neither overflows nor loses small
// values: for yᵢ·fᵢ far below zero the term is −yᵢ·fᵢ, far above it exp(−yᵢ·fᵢ).
func Logistic(f, y *autodiff.Node) *autodiff.Node {
	f, y = columns("losses.Logistic", f, y)
	return y.Mul(f).Neg().Softplus().Mean()
}

// MulticlassHinge returns the multiclass support vector machine's loss with
// margin 1 (Weston and Watkins, Support Vector Machines for Multi-Class Pattern
// Recognition, 1999),
//
//	L = 1/N Σᵢ Σ_{j≠yᵢ} max(0, s_ij − s_{i yᵢ} + 1)
//
// for scores s of shape (n, k) and labels y of shape (n).
func MulticlassHinge(s, y *autodiff.Node) *autodiff.Node {
	need("losses.MulticlassHinge", s, y)
	margins := s.Sub(s.Pick(y)).AddScalar(1).ReLU()
	return margins.Sum(1).AddScalar(-1).Mean() // j = yᵢ contributes exactly 1
}

// SoftmaxCrossEntropy returns the loss of softmax regression, the negative
// logarithm of the probability that the model gives to the right class,
//
//	L = −1/N Σᵢ ln(exp(s_{i yᵢ}) / Σⱼ exp(s_ij))
//
// for scores s of shape (n, k) and labels y of shape (n). It is computed from the
// other classes' scores above the right one, dⱼ = sⱼ − s_y, as
//
//	ln(1 + Σ_{j≠y} exp(dⱼ)) = m + ln(1 + (exp(−m) − 1) + Σ_{j≠y} exp(dⱼ − m))    m = max(0, max d)
//
// so that scores of any size neither overflow nor lose the loss or the gradient:
// that of the right class is minus the sum of the others', also where the model is
// sure and its probability rounds to 1.
func SoftmaxCrossEntropy(s, y *autodiff.Node) *autodiff.Node {
	need("losses.SoftmaxCrossEntropy", s, y)
	d := s.Sub(s.Pick(y)) // with 0 for the right class
	zero := s.Graph().Scalar(0)
	m := d.ReduceMaxKeep(1).StopGradient()
	m = m.Sub(m).Equal(zero).Where(m, zero) // of infinite scores, ∞ − ∞ would be NaN
	others := y.OneHot(s.Shape()[1]).Where(zero, d.Sub(m).Exp()).Sum(1)
	m = m.Reshape(-1)
	return m.Add(others.Add(m.Neg().Expm1()).Log1p()).Mean()
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

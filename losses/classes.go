package losses

import (
	"fmt"

	"declive/autodiff"
)

// MulticlassHinge returns the multiclass support vector machine's loss with
// margin 1 (Weston and Watkins, Support Vector Machines for Multi-Class Pattern
// Recognition, 1999),
//
//	L = 1/N Σᵢ Σ_{j≠yᵢ} max(0, s_ij − s_{i yᵢ} + 1)
//
// for scores s of shape (n, k) and labels y of shape (n).
func MulticlassHinge(s, y *autodiff.Node) *autodiff.Node { return EachMulticlassHinge(s, y).Mean() }

// EachMulticlassHinge returns the terms of [MulticlassHinge], of shape (n).
func EachMulticlassHinge(s, y *autodiff.Node) *autodiff.Node {
	need("losses.MulticlassHinge", s, y)
	margins := s.Sub(s.Pick(y)).AddScalar(1).ReLU()
	return margins.Sum(1).AddScalar(-1) // j = yᵢ contributes exactly 1
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
//
// Soft targets are real y of shape (n, k), in each row the probabilities of the
// classes, of which no sum is checked:
//
//	L = −1/N Σᵢ Σⱼ y_ij·ln(exp(s_ij) / Σₗ exp(s_il))
func SoftmaxCrossEntropy(s, y *autodiff.Node) *autodiff.Node {
	return EachSoftmaxCrossEntropy(s, y).Mean()
}

// EachSoftmaxCrossEntropy returns the terms of [SoftmaxCrossEntropy], of shape (n).
func EachSoftmaxCrossEntropy(s, y *autodiff.Node) *autodiff.Node {
	const name = "losses.SoftmaxCrossEntropy"
	need(name, s, y)
	if !y.IsLabels() {
		needRows(name, s, y)
		return softCrossEntropy(s, y)
	}
	d := s.Sub(s.Pick(y)) // with 0 for the right class
	zero := s.Graph().Scalar(0)
	m := d.ReduceMaxKeep(1).StopGradient()
	m = m.Sub(m).Equal(zero).Where(m, zero) // of infinite scores, ∞ − ∞ would be NaN
	others := y.OneHot(s.Shape()[1]).Where(zero, d.Sub(m).Exp()).Sum(1)
	m = m.Reshape(-1)
	return m.Add(others.Add(m.Neg().Expm1()).Log1p())
}

// softCrossEntropy is the cross entropy with probabilities p. A class of probability
// 0 has no part in it, also where its score is −∞.
func softCrossEntropy(s, p *autodiff.Node) *autodiff.Node {
	zero := s.Graph().Scalar(0)
	l := s.LogSoftmax(1)
	finite := l.Sub(l).Equal(zero)
	return finite.Where(l, p.Equal(zero).Where(zero, l)).Mul(p).Sum(1).Neg()
}

// needRows refuses soft targets that are not a row for each row of scores.
func needRows(loss string, s, p *autodiff.Node) {
	if len(s.Shape()) != 2 || !s.Shape().Equal(p.Shape()) {
		autodiff.Fail(loss, "soft targets need scores of their shape (n, k)", s.Shape(), p.Shape())
	}
}

// SmoothedCrossEntropy returns [SoftmaxCrossEntropy] with targets of which a part ε is
// spread evenly over the k classes (Szegedy, Vanhoucke, Ioffe, Shlens and Wojna,
// Rethinking the Inception Architecture for Computer Vision, arXiv 1512.00567), so that
// a model is not driven to be ever more sure,
//
//	L = (1 − ε)·C(y) + ε/k Σⱼ C(j)    C(j) = the cross entropy with label j
//
// for scores and targets as there. It panics with an [*autodiff.Error] if ε is not
// from 0 to 1.
func SmoothedCrossEntropy(epsilon float64, s, y *autodiff.Node) *autodiff.Node {
	return EachSmoothedCrossEntropy(epsilon, s, y).Mean()
}

// EachSmoothedCrossEntropy returns the terms of [SmoothedCrossEntropy], of shape (n).
// For a label that is C(y) − ε/k Σⱼ (sⱼ − s_y), which loses nothing where the model is
// sure.
func EachSmoothedCrossEntropy(epsilon float64, s, y *autodiff.Node) *autodiff.Node {
	const name = "losses.SmoothedCrossEntropy"
	need(name, s, y)
	if !(epsilon >= 0 && epsilon <= 1) {
		autodiff.Fail(name, fmt.Sprintf("the smoothing is %v, want a number from 0 to 1", epsilon))
	}
	if !y.IsLabels() {
		needRows(name, s, y)
		k := float64(s.Shape()[1])
		return softCrossEntropy(s, y.MulScalar(1-epsilon).AddScalar(epsilon/k))
	}
	c := EachSoftmaxCrossEntropy(s, y)
	if epsilon == 0 {
		return c // also of scores that are infinite
	}
	return c.Sub(s.Sub(s.Pick(y)).Mean(1).MulScalar(epsilon))
}

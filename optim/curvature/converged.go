package curvature

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/optimize"
	"gorgonia.org/tensor"
)

// lineSearchFailed reports whether an error says no more than that a line search
// found no better point.
func lineSearchFailed(err error) bool {
	return errors.Is(err, optimize.ErrLinesearcherFailure) || errors.Is(err, optimize.ErrNoProgress) || errors.Is(err, optimize.ErrNonDescentDirection)
}

// converged reports whether the loss can no longer be lowered by more than it is
// rounded, at the present weights. What Newton's step would gain is half the square
// of the Newton decrement (Boyd and Vandenberghe, Convex Optimization, 2004, section
// 9.5.1),
//
//	½·gᵀ·H⁻¹·g = Σᵢ sᵢ²/(2·λᵢ)    sᵢ the slope along an axis with curvature λᵢ
//
// in the space that the gradient and its products with H span. At a kink the slope
// stays, so that the gain is large.
func (o *Objective) converged(start float64) (bool, error) {
	loss, g, err := o.slope("Minimise")
	if err != nil {
		return false, err
	}
	if floats.Norm(g, 2) == 0 {
		return true, nil
	}
	axes, err := krylovAxes(o, g, decrementSteps)
	if err != nil {
		return false, err
	}
	// A curvature that is but a rounding error of the largest would make the gain
	// of a rounding error of the slope look large.
	steepest := 0.0
	for _, c := range axes.curvature {
		steepest = max(steepest, math.Abs(c))
	}
	gain := 0.0
	for i, s := range axes.slope {
		gain += s * s / (2 * max(math.Abs(axes.curvature[i]), 0x1p-40*steepest))
	}
	return gain <= o.rounding()*max(math.Abs(start), math.Abs(loss)), nil
}

// decrementSteps is the most products with the Hessian that are spent on a decrement.
const decrementSteps = 64

// rounding returns by what part two losses that a line search compares can differ by
// rounding alone. In float64 a sum of n terms is rounded by n units of 2⁻⁵³ at most,
// and long sums are added pairwise in runs: 2⁻⁴⁵ is two sums of 128. Where weights have
// float32 it is more than the square of their rounding, as the loss is flat at its
// minimum.
func (o *Objective) rounding() float64 {
	for _, p := range o.params {
		if p.Value().Dtype() == tensor.Float32 {
			return 0x1p-44
		}
	}
	return 0x1p-45
}

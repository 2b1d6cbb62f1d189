package cause

import (
	"fmt"
	"math"

	"declive/gradcheck/internal/norm"
)

// detached: nothing arrives.
func (e *evidence) detached() string {
	for _, a := range e.a {
		if a != 0 {
			return ""
		}
	}
	return "the gradient is 0 everywhere: the variable is detached, or nothing is ever accumulated for it"
}

// remembered: the gradient is the same at the points nearby, and the numerical
// one is not.
func (e *evidence) remembered() string {
	if !e.Stale {
		return ""
	}
	return "the gradient is the same at every point tried: it uses values remembered from an earlier call, or constants"
}

// branch: every wrong coordinate is at a kink or a jump, and takes neither side.
func (e *evidence) branch() string {
	said := ""
	for i, c := range e.Coords {
		switch {
		case !e.wrong[i]:
		case c.Jump:
			said = "the function jumps here: no gradient describes it"
		case math.Abs(c.Right-c.Left) > 1e-3*max(math.Abs(c.Left), math.Abs(c.Right)):
			said = fmt.Sprintf("the function has a kink at %s, and the gradient is outside the slopes %.6g and %.6g: a wrong branch",
				Index(e.Shape, c.Index), c.Left, c.Right)
		default:
			return ""
		}
	}
	return said
}

// clipped: right below some size, cut off there.
func (e *evidence) clipped() string {
	limit, cut := 0.0, 0
	for i, a := range e.a {
		if e.wrong[i] {
			if cut > 0 && math.Abs(math.Abs(a)-limit) > 1e-6*limit || a*e.n[i] < 0 {
				return ""
			}
			limit = math.Abs(a)
			cut++
		}
	}
	for i := range e.a {
		if e.wrong[i] != (math.Abs(e.n[i]) > limit*(1+e.Rel)) {
			return ""
		}
	}
	if cut < 2 || limit == 0 {
		return ""
	}
	return fmt.Sprintf("the gradient is clipped to ±%.6g", limit)
}

// signLost: the sizes are right and some signs are not.
func (e *evidence) signLost() string {
	for i := range e.a {
		if math.Abs(math.Abs(e.a[i])-math.Abs(e.n[i])) > e.Coords[i].Tol {
			return ""
		}
	}
	return "the sizes are right and the signs of some coordinates are wrong: an absolute value, or a missing sign on one branch"
}

// imprecise: small relative errors everywhere.
func (e *evidence) imprecise() string {
	rel := norm.Of(e.missing()) / norm.Of(e.n)
	if !(rel < 1e-2) {
		return ""
	}
	kind := "a small term is missing or a constant is inexact"
	if rel < 1e-4 {
		kind = "computed in lower precision, by finite differences, or with an inexact constant"
	}
	return fmt.Sprintf("relative errors of about %.1e on the whole: %s", rel, kind)
}

// unrelated: how far the gradients are from each other.
func (e *evidence) unrelated() string {
	a, sa := norm.Unit(e.a)
	n, sn := norm.Unit(e.n)
	aa, nn := norm.Of(a), norm.Of(n)
	return fmt.Sprintf("no simple relation: cosine %.4f between the gradients, ratio of their lengths %.4g",
		norm.Dot(a, n)/(aa*nn), aa/nn*(sa/sn))
}

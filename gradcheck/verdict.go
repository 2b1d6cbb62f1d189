package gradcheck

import (
	"fmt"
	"math"
)

// A Verdict is the result of comparing one coordinate.
type Verdict uint8

const (
	// Agree: the gradient equals the numerical derivative within its error and
	// the relative tolerance.
	Agree Verdict = iota
	// Disagree: it does not, and an independent ladder says so too.
	Disagree
	// Kink: the left and the right slope differ, and the gradient lies between
	// them as far as [Kinks] asks.
	Kink
	// Unresolved: the function's rounding hides the derivative.
	Unresolved
	// Together: rounding hides the derivative, but along directions in which all
	// such coordinates of the variable move, the gradient agrees.
	Together
	// Negligible: rounding hides the derivative, and whatever it is, it is too
	// small to matter beside the rest of the gradient.
	Negligible
)

// String returns the verdict's name in lower case.
func (v Verdict) String() string {
	switch v {
	case Agree:
		return "agree"
	case Disagree:
		return "disagree"
	case Kink:
		return "kink"
	case Unresolved:
		return "unresolved"
	case Together:
		return "together"
	case Negligible:
		return "negligible"
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// A Coord is what was found for one coordinate of a variable.
type Coord struct {
	Index       int // in the flattened variable
	X           float64
	Analytic    float64
	Numeric     float64
	Err         float64 // estimated error of Numeric
	Tol         float64 // largest difference that counts as agreement
	Left, Right float64 // one-sided slopes
	Verdict     Verdict
	Jump        bool // the function itself jumps here
}

// margin holds what a tensor's coordinates are judged with.
type margin struct {
	rel   float64   // relative tolerance
	floor float64   // absolute: floor·|g|∞ of the tensor
	extra []float64 // rounding error of the gradient itself, or nil
	max   float64   // |g|∞
	least float64   // what is nothing beside the gradients of all variables
}

func (c *checker) margin(g []float64) margin {
	rel, floor := c.o.tolerances(c.p)
	m := margin{rel: rel}
	for _, a := range g {
		m.max = max(m.max, math.Abs(a))
	}
	m.floor = floor * m.max
	for _, other := range c.grad {
		for _, a := range other {
			m.least = max(m.least, 1e-8*math.Abs(a))
		}
	}
	return m
}

// of returns the tolerance of coordinate i without the numerical error.
func (m margin) of(i int, a, n float64) float64 {
	t := m.rel*max(math.Abs(a), math.Abs(n)) + m.floor
	if m.extra != nil {
		t += m.extra[i]
	}
	return t
}

// judge compares the gradient a of coordinate i with a slope:
//
//	tol = 3E + rel·max(|a|, |D|) + floor·|g|∞
func (m margin) judge(i int, a float64, s slope, kinks KinkMode) Coord {
	c := Coord{Index: i, Analytic: a, Numeric: s.value, Err: s.err, Left: s.left, Right: s.right, Jump: s.jump}
	size := max(math.Abs(a), math.Abs(s.value))
	c.Tol = 3*s.err + m.of(i, a, s.value)
	diff := math.Abs(a - s.value)
	switch {
	case max(size, 3*s.err) <= s.nothing: // both are 0 as far as the outputs can tell
		c.Verdict = Agree
	case max(math.Abs(s.value), 3*s.err) <= s.nothing && math.Abs(a) <= s.rounding: // 0, but for what a backward pass rounds
		c.Verdict = Agree
	case s.kink:
		m.judgeKink(&c, s, kinks)
	case math.IsInf(s.err, 1) || math.IsNaN(s.err):
		c.Verdict = Unresolved
	case diff <= c.Tol && m.resolved(s, size):
		c.Verdict = Agree
	case diff <= c.Tol+3*s.residual || max(size, 3*s.err) <= s.dim || s.contradictedFor(a):
		c.Verdict = Unresolved
	default:
		c.Verdict = Disagree
	}
	return c
}

// resolved reports whether agreement with s means anything: 3E is at most 1 %
// of the derivative, or so small beside the largest gradients or the function's
// secants that the derivative counts as 0.
func (m margin) resolved(s slope, size float64) bool {
	return 3*s.err <= max(0.01*size, 1e-4*m.max, m.least, 1e-8*s.scale)
}

// contradictedFor reports whether the slopes of both sides are a, to a thousandth,
// and the slope that was chosen is off by more than a tenth: no evidence against a.
func (s slope) contradictedFor(a float64) bool {
	near := 1e-3 * math.Abs(a)
	return a != 0 && math.Abs(s.left-a) <= near && math.Abs(s.right-a) <= near && math.Abs(s.value-a) > 100*near
}

// judgeKink asks a to lie between the slopes, within
//
//	t = 3 E_side + 1e-4·|D⁺ − D⁻| + rel·|g|∞
func (m margin) judgeKink(c *Coord, s slope, kinks KinkMode) {
	lo, hi := min(s.left, s.right), max(s.left, s.right)
	t := 3*s.sideErr + 1e-4*(hi-lo) + m.rel*m.max
	c.Tol, c.Verdict = t, Kink
	c.Numeric, c.Err = min(max(c.Analytic, lo), hi), s.sideErr
	inside := s.jump || c.Analytic >= lo-t && c.Analytic <= hi+t
	if kinks == Fail || kinks != Skip && !inside {
		c.Verdict = Disagree
	}
}

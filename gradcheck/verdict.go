package gradcheck

import (
	"fmt"
	"math"

	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/slope"
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

// settled reports whether the function's grain cannot change the verdict. A tail of
// a few roundings may look like a jump.
func (c Coord) settled() bool {
	return c.Verdict == Agree || c.Verdict == Kink && !c.Jump
}

// seen reports whether the gradient agrees with a slope that stands out of its
// error: far away a saturated function has the slope 0, whatever it is here.
func (c Coord) seen() bool { return c.Verdict == Agree && 3*c.Err <= 0.01*math.Abs(c.Numeric) }

// negligibleShare is the share of the largest gradient of all variables below which
// a slope counts as 0: a hundredth of the relative tolerance of 1e-6, so that an error
// in what is not looked at is a small part of what the largest may be off by.
const negligibleShare = 1e-8

// A margin is what a tensor's coordinates are judged with.
type margin struct {
	rel        float64   // relative tolerance
	floor      float64   // absolute: floor·|g|∞ of the tensor
	rounding   []float64 // rounding error of the gradient itself, or nil
	largest    float64   // |g|∞
	negligible float64   // what is nothing beside the gradients of all variables
}

// margin returns what the gradient g of a variable is judged with.
func (e *exam) margin(g []float64) margin {
	m := margin{rel: e.rel, largest: norm.Max(g)}
	m.floor = e.floor * m.largest
	for _, other := range e.s.Grad {
		m.negligible = max(m.negligible, negligibleShare*norm.Max(other))
	}
	return m
}

// of returns the tolerance of coordinate i without the numerical error.
func (m margin) of(i int, a, n float64) float64 {
	t := m.rel*max(math.Abs(a), math.Abs(n)) + m.floor
	if m.rounding != nil {
		t += m.rounding[i]
	}
	return t
}

// judge compares the gradient a of coordinate i with a slope:
//
//	tol = 3E + rel·max(|a|, |D|) + floor·|g|∞
func (m margin) judge(i int, a float64, s slope.Slope, t rounding.Thresholds, kinks KinkMode) Coord {
	c := Coord{Index: i, Analytic: a, Numeric: s.Value, Err: s.Err, Left: s.Left, Right: s.Right, Jump: s.Jump}
	size := max(math.Abs(a), math.Abs(s.Value))
	c.Tol = 3*s.Err + m.of(i, a, s.Value)
	diff := math.Abs(a - s.Value)
	switch {
	case max(size, 3*s.Err) <= t.Unseen: // both are 0 as far as the outputs can tell
		c.Verdict = Agree
	case max(math.Abs(s.Value), 3*s.Err) <= t.Unseen && math.Abs(a) <= t.Backward: // 0, but for what a backward pass rounds
		c.Verdict = Agree
	case s.Kink:
		m.judgeKink(&c, s, kinks)
	case math.IsInf(s.Err, 1) || math.IsNaN(s.Err):
		c.Verdict = Unresolved
	case diff <= c.Tol && m.resolved(s, size):
		c.Verdict = Agree
	case diff <= c.Tol+3*t.Hidden || max(size, 3*s.Err) <= t.Masked || contradicted(s, a):
		c.Verdict = Unresolved
	default:
		c.Verdict = Disagree
	}
	return c
}

// resolved reports whether agreement with s means anything: 3E is at most 1 %
// of the derivative, or so small beside the largest gradients or the function's
// secants that the derivative counts as 0.
func (m margin) resolved(s slope.Slope, size float64) bool {
	return 3*s.Err <= max(0.01*size, 1e-4*m.largest, m.negligible, 1e-8*s.Secant)
}

// contradicted reports whether the slopes of both sides are a, to a thousandth,
// and the slope that was chosen is off by more than a tenth: no evidence against a.
func contradicted(s slope.Slope, a float64) bool {
	near := 1e-3 * math.Abs(a)
	return a != 0 && math.Abs(s.Left-a) <= near && math.Abs(s.Right-a) <= near && math.Abs(s.Value-a) > 100*near
}

// judgeKink asks a to lie between the slopes, within
//
//	t = 3 E_side + 1e-4·|D⁺ − D⁻| + rel·|g|∞
func (m margin) judgeKink(c *Coord, s slope.Slope, kinks KinkMode) {
	lo, hi := min(s.Left, s.Right), max(s.Left, s.Right)
	t := 3*s.SideErr + 1e-4*(hi-lo) + m.rel*m.largest
	c.Tol, c.Verdict = t, Kink
	c.Numeric, c.Err = min(max(c.Analytic, lo), hi), s.SideErr
	inside := s.Jump || c.Analytic >= lo-t && c.Analytic <= hi+t
	if kinks == Fail || kinks != Skip && !inside {
		c.Verdict = Disagree
	}
}

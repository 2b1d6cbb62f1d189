package gradcheck

import (
	"fmt"
	"math"
)

// An evidence is what the rules that guess the cause of a failure look at: the
// analytic gradient a and the numerical one n of the coordinates compared.
type evidence struct {
	shape []int
	all   bool   // every coordinate of the variable was compared
	at    []int  // flat indices
	wrong []bool // which of them disagree
	a, n  []float64
	x     []float64
	coord []Coord
	rel   float64
	dims  []int // every length in the shapes of the problem

	stale bool          // the gradient is the same at a point nearby
	graph func() string // a mistake at one node of the graph, or ""
}

// rules guess the cause, in this order: a place first, then what happens there.
var rules = []func(*evidence) string{
	(*evidence).detached,
	(*evidence).remembered,
	(*evidence).branch,
	(*evidence).clipped,
	(*evidence).local,
	(*evidence).factor,
	(*evidence).partFactor,
	(*evidence).transposed,
	(*evidence).moved,
	(*evidence).signLost,
	(*evidence).regulariser,
	(*evidence).offset,
	func(e *evidence) string { return e.graph() },
	(*evidence).power,
	(*evidence).reduced,
	(*evidence).imprecise,
	(*evidence).none,
}

// diagnose says what the likely cause of variable b's failure is.
func (c *checker) diagnose(b int) {
	r := &c.report.Vars[b]
	switch {
	case r.Disagree > 0:
		e := c.evidence(b)
		e.graph = func() string { return c.fromGraph(b, e) }
		e.stale = c.unmoved(b) && c.bends(b, e)
		for _, rule := range rules {
			if r.Suspect = rule(e); r.Suspect != "" {
				return
			}
		}
	case len(r.Nearby) > 0 && c.unmoved(b):
		r.Suspect = "the gradient is the same at both points: it uses values remembered from an earlier call"
	case len(r.Nearby) > 0:
		r.Suspect = "a part of the gradient uses values remembered from an earlier call, or a missing term vanishes at the point that was tested, as with zero weights"
	}
}

func (c *checker) evidence(b int) *evidence {
	r := &c.report.Vars[b]
	rel, _ := c.o.tolerances(c.p)
	e := &evidence{shape: r.Shape, all: len(r.Coords) == len(c.x[b]) && c.o.fast == 0, rel: rel, coord: r.Coords}
	for _, k := range r.Coords {
		e.at = append(e.at, k.Index)
		e.wrong = append(e.wrong, k.Verdict == Disagree)
		e.a = append(e.a, k.Analytic)
		e.n = append(e.n, k.Numeric)
		e.x = append(e.x, k.X)
	}
	for _, v := range c.p.Vars {
		e.dims = append(e.dims, v.Shape...)
	}
	e.dims = append(e.dims, c.p.graph.lengths()...)
	return e
}

// unmoved reports whether the gradient of variable b is the same at the points
// nearby.
func (c *checker) unmoved(b int) bool {
	for _, n := range c.nearby {
		if _, same := identical(n.grad[b], c.grad[b]); !same || len(c.grad[b]) == 0 {
			return false
		}
	}
	return len(c.nearby) > 0
}

// bends reports whether the numerical slope of variable b along some direction
// differs between the point and one nearby.
func (c *checker) bends(b int, e *evidence) bool {
	if !e.all {
		return true
	}
	u := zeros(c.x)
	here := 0.0
	for i, s := range scales(c.x[b]) {
		u[b][i] = s * (0.5 + c.rng.Float64())
		here += e.n[i] * u[b][i]
	}
	n := c.nearby[0]
	base, err := c.eval(clone(n.x))
	if err != nil {
		return false
	}
	_, long := c.directionLadders()
	along, err := c.directional(n.x, u, append([]float64(nil), base...), long)
	if err != nil {
		return false
	}
	s := along(nil)
	return math.Abs(s.value-here) > 10*s.err+1e-6*math.Abs(here)
}

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
	if !e.stale {
		return ""
	}
	return "the gradient is the same at every point tried: it uses values remembered from an earlier call, or constants"
}

// ratio returns r with a ≈ r·n on every coordinate: ‖a − r n‖ ≤ 1e-4 ‖a‖.
func ratio(a, n []float64) (float64, bool) {
	a, sa := unit(a)
	n, sn := unit(n)
	if sa == 0 || sn == 0 {
		return 0, false
	}
	r := dot(a, n) / dot(n, n)
	rest := 0.0
	for i := range a {
		d := a[i] - r*n[i]
		rest += d * d
	}
	return r * (sa / sn), rest <= 1e-8*dot(a, a)
}

// transposed: a holds nᵀ.
func (e *evidence) transposed() string {
	if !e.all || len(e.shape) != 2 {
		return ""
	}
	rows, cols := e.shape[0], e.shape[1]
	t := make([]float64, len(e.n))
	for i := range rows {
		for j := range cols {
			t[j*rows+i] = e.n[i*cols+j]
		}
	}
	if !e.same(e.a, t) {
		return ""
	}
	return "the gradient is transposed"
}

// same reports whether a equals b within the relative tolerance and noise.
func (e *evidence) same(a, b []float64) bool {
	tol := max(100*e.rel, 1e-5) * rms(b)
	for i := range a {
		if math.Abs(a[i]-b[i]) > tol {
			return false
		}
	}
	return true
}

// signLost: the sizes are right and some signs are not.
func (e *evidence) signLost() string {
	for i := range e.a {
		if math.Abs(math.Abs(e.a[i])-math.Abs(e.n[i])) > e.coord[i].Tol {
			return ""
		}
	}
	return "the sizes are right and the signs of some coordinates are wrong: an absolute value, or a missing sign on one branch"
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
		if e.wrong[i] != (math.Abs(e.n[i]) > limit*(1+e.rel)) {
			return ""
		}
	}
	if cut < 2 || limit == 0 {
		return ""
	}
	return fmt.Sprintf("the gradient is clipped to ±%.6g", limit)
}

// regulariser: d = n − a is a multiple of x, or of its sign.
func (e *evidence) regulariser() string {
	d := e.missing()
	if r, ok := ratio(d, e.x); ok {
		return fmt.Sprintf("numeric − analytic = %.6g·x: a regularisation term λ x is missing or has the wrong λ", r)
	}
	sign := make([]float64, len(e.x))
	for i, x := range e.x {
		sign[i] = float64(btoi(x > 0) - btoi(x < 0))
	}
	if r, ok := ratio(d, sign); ok {
		return fmt.Sprintf("numeric − analytic = %.6g·sign(x): an L1 term is missing", r)
	}
	return ""
}

// missing returns n − a, and exactly 0 where they agree.
func (e *evidence) missing() []float64 {
	d := make([]float64, len(e.a))
	for i := range d {
		if e.wrong[i] {
			d[i] = e.n[i] - e.a[i]
		}
	}
	return d
}

// branch: every wrong coordinate is at a kink or a jump, and takes neither side.
func (e *evidence) branch() string {
	said := ""
	for i, c := range e.coord {
		switch {
		case !e.wrong[i]:
		case c.Jump:
			said = "the function jumps here: no gradient describes it"
		case math.Abs(c.Right-c.Left) > 1e-3*max(math.Abs(c.Left), math.Abs(c.Right)):
			said = fmt.Sprintf("the function has a kink at %s, and the gradient is outside the slopes %.6g and %.6g: a wrong branch",
				index(e.shape, c.Index), c.Left, c.Right)
		default:
			return ""
		}
	}
	return said
}

// imprecise: small relative errors everywhere.
func (e *evidence) imprecise() string {
	rel := norm(e.missing()) / norm(e.n)
	if !(rel < 1e-2) {
		return ""
	}
	kind := "a small term is missing or a constant is inexact"
	if rel < 1e-4 {
		kind = "computed in lower precision, by finite differences, or with an inexact constant"
	}
	return fmt.Sprintf("relative errors of about %.1e on the whole: %s", rel, kind)
}

func (e *evidence) none() string {
	a, sa := unit(e.a)
	n, sn := unit(e.n)
	aa, nn := norm(a), norm(n)
	return fmt.Sprintf("no simple relation: cosine %.4f between the gradients, ratio of their lengths %.4g",
		dot(a, n)/(aa*nn), aa/nn*(sa/sn))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

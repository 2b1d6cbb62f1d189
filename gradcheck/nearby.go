package gradcheck

import (
	"math"
	"slices"

	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/subject"
)

// A nearby is another point with the gradient found there, and the function's value
// if that was looked at.
type nearby struct {
	x    [][]float64
	grad [][]float64
	base []float64
}

// A neighbourhood holds other points that were visited.
type neighbourhood struct {
	*exam
	points  []nearby
	visited bool // the points that gradients are compared at among them
}

// check compares the gradient of a variable at two points nearby along a random
// direction. A gradient that is right only where it was tested, such as
// one that is remembered or written for zero weights, fails here.
func (n *neighbourhood) check(v *variable) error {
	if err := n.visit(); err != nil {
		return err
	}
	for _, p := range n.points {
		if p.base == nil {
			continue
		}
		k, err := n.compare(v, p)
		if err != nil {
			return err
		}
		if k.Verdict == Disagree {
			v.report.Nearby = append(v.report.Nearby, k)
		}
	}
	return nil
}

// nearbyShare is how far the points nearby are, in sizes of the variables: near enough
// to stay in the function's domain mostly, and so far that a slope which is not
// constant changes by much more than its error.
const nearbyShare = 0.05

// visit evaluates the function and the gradient at two points nearby, once
// for all variables. Points outside the domain are left out.
func (n *neighbourhood) visit() error {
	if n.visited {
		return nil
	}
	n.visited = true
	for range 2 {
		x := n.s.Perturbed(nearbyShare)
		base, err := n.s.Eval(subject.Clone(x))
		if err != nil || !subject.Finite([][]float64{base}) {
			continue
		}
		base = slices.Clone(base)
		g, err := n.s.Backward(x, n.s.V)
		if err != nil || !subject.Finite(g) {
			continue
		}
		n.points = append(n.points, nearby{x: x, grad: subject.Clone(g), base: base})
	}
	return n.s.Ended()
}

func (n *neighbourhood) compare(v *variable, p nearby) (Coord, error) {
	u := subject.Zeros(p.x)
	u[v.b] = n.s.DirectionOf(n.s.Rand, p.x[v.b])
	kinks := n.o.kinks
	if kinks == Fail {
		kinks = Interval
	}
	k, _, err := n.compareAlong(line{p.x, u, p.base}, p.grad, kinks)
	if err != nil || k.Verdict != Disagree {
		return k, err
	}
	rounded, err := n.roundingAlong(p, u)
	if err != nil {
		return k, err
	}
	nothing := max(math.Abs(k.Analytic), math.Abs(k.Numeric), 3*k.Err) <= rounded
	if nothing || n.s.Gradient32 && math.Abs(k.Analytic-k.Numeric) <= k.Tol+rounded {
		k.Verdict = Agree
	}
	return k, nil
}

// roundingAlong returns how large the gradient along u is at a point nearby by
// rounding alone, and in float32 how far it is off.
func (n *neighbourhood) roundingAlong(p nearby, u [][]float64) (float64, error) {
	floor, err := n.r.GradientFloor(p.x, p.grad)
	if err != nil {
		return 0, err
	}
	s := rounding.Along(floor, u)
	if !n.s.Gradient32 {
		return s, nil
	}
	errors := subject.Zeros(p.x)
	if err := n.r.AddInside(p.x, errors); err != nil {
		return 0, err
	}
	for b := range u {
		for i := range u[b] {
			s += errors[b][i] * math.Abs(u[b][i])
		}
	}
	return s, nil
}

package gradcheck

import (
	"math"
)

// A nearby is another point with the gradient found there.
type nearby struct {
	x    [][]float64
	grad [][]float64
	base []float64
}

// perturbed returns the point with every variable moved at random by up to
// about the fraction r of its size, within bounds.
func (c *checker) perturbed(r float64) [][]float64 {
	x := clone(c.x)
	for b := range x {
		s := scales(x[b])
		for i := range x[b] {
			moved := c.p.round(x[b][i] + r*s[i]*(2*c.rng.Float64()-1))
			if c.inside(moved) {
				x[b][i] = moved
			}
		}
	}
	return x
}

// secondPoints checks the gradient of variable b at two points nearby along a
// random direction. A gradient that is right only where it was tested, such as
// one that is remembered or written for zero weights, fails here.
func (c *checker) secondPoints(b int) error {
	r := &c.report.Vars[b]
	if _, given := c.o.expect[r.Name]; given || len(c.x[b]) == 0 || r.failed(c.o.maxUnresolved) {
		return nil
	}
	if err := c.visitNearby(); err != nil {
		return err
	}
	for _, n := range c.nearby {
		if n.base == nil {
			continue
		}
		k, err := c.secondPoint(b, n)
		if err != nil {
			return err
		}
		if k.Verdict == Disagree {
			r.Nearby = append(r.Nearby, k)
		}
	}
	return nil
}

// visitNearby evaluates the function and the gradient at two points nearby, once
// for all variables. Points outside the domain are left out.
func (c *checker) visitNearby() error {
	if c.visited {
		return nil
	}
	c.visited = true
	for range 2 {
		n := nearby{x: c.perturbed(0.05)}
		base, err := c.eval(clone(n.x))
		if err != nil || !allFinite([][]float64{base}) {
			continue
		}
		n.base = append([]float64(nil), base...)
		quiet := *c.report
		g, ok, err := c.backward(n.x, c.v)
		if err != nil || !ok || !allFinite(g) {
			*c.report = quiet
			continue
		}
		n.grad = clone(g)
		c.nearby = append(c.nearby, n)
	}
	return c.ctx.Err()
}

func (c *checker) secondPoint(b int, n nearby) (Coord, error) {
	u := zeros(n.x)
	s := scales(n.x[b])
	for i := range s {
		u[b][i] = s[i] * (0.5 + c.rng.Float64()) * float64(1-2*c.rng.IntN(2))
	}
	kinks := c.o.kinks
	if kinks == Fail {
		kinks = Interval
	}
	k, _, err := c.compareAlong(n.x, u, n.grad, n.base, kinks)
	if err != nil || k.Verdict != Disagree {
		return k, err
	}
	rounding, err := c.roundingAlong(n, u)
	if max(math.Abs(k.Analytic), math.Abs(k.Numeric), 3*k.Err) <= rounding || math.Abs(k.Analytic-k.Numeric) <= k.Tol+rounding && c.p.GradFloat32 {
		k.Verdict = Agree
	}
	return k, err
}

// roundingAlong returns how large the gradient along u is at a point nearby by
// rounding alone, and in float32 how far it is off.
func (c *checker) roundingAlong(n nearby, u [][]float64) (float64, error) {
	rough, err := c.roughness(n.x, n.grad)
	if err != nil || !c.p.GradFloat32 {
		return along(rough, u), err
	}
	extra, s := zeros(n.x), along(rough, u)
	if err := c.addRounding(n.x, extra); err != nil {
		return 0, err
	}
	for b := range u {
		for i := range u[b] {
			s += extra[b][i] * math.Abs(u[b][i])
		}
	}
	return s, nil
}

func allFinite(g [][]float64) bool {
	for _, part := range g {
		for _, v := range part {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return false
			}
		}
	}
	return true
}

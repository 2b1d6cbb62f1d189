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

// secondPoints checks the gradient at two points nearby, each variable along one
// random direction. A gradient that is right only where it was tested, such as
// one that is remembered or written for zero weights, fails here.
func (c *checker) secondPoints() error {
	for range 2 {
		n := nearby{x: c.perturbed(0.05)}
		base, err := c.eval(clone(n.x))
		if err != nil || !allFinite([][]float64{base}) {
			continue // outside the domain
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
		if err := c.secondPoint(n); err != nil {
			return err
		}
	}
	return nil
}

func (c *checker) secondPoint(n nearby) error {
	for b := range c.p.Vars {
		r := &c.report.Vars[b]
		if _, given := c.o.expect[r.Name]; given || !r.checked || len(n.x[b]) == 0 || r.failed(c.o.maxUnresolved) {
			continue
		}
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
		if err != nil {
			return err
		}
		if k.Verdict == Disagree {
			r.Nearby = append(r.Nearby, k)
		}
	}
	return nil
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

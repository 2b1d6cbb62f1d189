package gradcheck

import "math"

// alongLine returns the function along x + h·u, u scaled so that a step of 1 is as
// large as the variables.
func (c *checker) alongLine(x, u [][]float64) curve {
	m := len(c.base)
	return func(steps, out []float64) error {
		for k, h := range steps {
			at, inside := c.offset(x, u, h)
			if !inside {
				fill(out[k*m:(k+1)*m], math.NaN())
				continue
			}
			y, err := c.eval(at)
			if err != nil {
				return err
			}
			copy(out[k*m:(k+1)*m], y)
		}
		return nil
	}
}

// offset returns x + h·u as the function sees it, and whether it is in bounds.
func (c *checker) offset(x, u [][]float64, h float64) ([][]float64, bool) {
	at := clone(x)
	for b := range at {
		for i := range at[b] {
			at[b][i] = c.p.round(at[b][i] + h*u[b][i])
			if !c.inside(at[b][i]) {
				return nil, false
			}
		}
	}
	return at, true
}

// directional measures the function along u at x on a ladder. It returns the slope
// as a function of the grain, nil for none.
func (c *checker) directional(x, u [][]float64, base []float64, l ladder) (func(g *grain) slope, error) {
	steps := l.steps()
	out := make([]float64, len(steps)*len(c.base))
	if err := c.alongLine(x, u)(steps, out); err != nil {
		return nil, err
	}
	at := func(g *grain) slope {
		s := c.slope(steps, out, base, l.ratio, g, func(rungs []rung) { c.roundedSteps(x, u, rungs) })
		s.nothing += along(c.rough, u)
		return s
	}
	return at, nil
}

// slope turns the outputs at a ladder's steps into the slope, nothing and rounding
// of a step of 1. With a grain its noise counts, and where the function stands
// still, to a millionth of the longest step, the size of what it is made of.
func (c *checker) slope(steps, out, base []float64, ratio float64, g *grain, noisier func([]rung)) slope {
	eps, size := c.eps, c.size
	if g != nil {
		eps = g.noise
	}
	rungs, residual := measure(steps, out, base, c.v, eps)
	if noisier != nil {
		noisier(rungs)
	}
	s := extrapolate(rungs, ratio)
	if g != nil {
		s.dim = 1000 * c.p.eps() * g.size
		if still(rungs) > 1e-6*math.Abs(steps[0]) {
			size = max(size, g.size)
		}
	}
	s.residual = residual
	s.nothing = 1000 * eps64 * size
	s.rounding = 32 * c.p.gradEps() * c.largest
	return s
}

// along returns what a move by u adds up to if every element of variable b counts
// rough[b].
func along(rough []float64, u [][]float64) float64 {
	s := 0.0
	for b := range u {
		for _, v := range u[b] {
			s += rough[b] * math.Abs(v)
		}
	}
	return s
}

// farLadder has steps beyond the variables' size, where a smooth function shows
// a slope that its rounding hides nearer by.
var farLadder = ladder{top: 4, ratio: 2, rungs: 8}

// seen reports whether the gradient agrees with a slope that stands out of its
// error: far away a saturated function has the slope 0, whatever it is here.
func (c Coord) seen() bool { return c.Verdict == Agree && 3*c.Err <= 0.01*math.Abs(c.Numeric) }

// directionLadders returns the ladders of both stages for a direction.
func (c *checker) directionLadders() (short, long ladder) {
	short = ladder{top: 4 * math.Pow(c.p.eps(), 0.2), ratio: 4, rungs: 2}
	if c.p.Float32 {
		return short, ladder{top: 0.25, ratio: 4, rungs: 9}
	}
	return short, ladder{top: 0.1, ratio: 4, rungs: 14}
}

// roundedSteps adds to the noise of each rung what rounding the variables does:
// a direction, unlike a single coordinate, cannot be corrected for it.
func (c *checker) roundedSteps(x, u [][]float64, rungs []rung) {
	length := 0.0
	for b := range x {
		for i := range x[b] {
			if u[b][i] != 0 {
				length = math.Hypot(length, c.p.eps()*x[b][i]*c.grad[b][i])
			}
		}
	}
	for k := range rungs {
		if h := max(rungs[k].hp, rungs[k].hm); h > 0 {
			rungs[k].noise += 3 * length / h
		}
	}
}

// compareAlong judges the gradient g at x along u, in two stages. The gradient's
// own error is relative to |g∘u|₂, not to the sum g·u, which may cancel.
func (c *checker) compareAlong(x, u, g [][]float64, base []float64, kinks KinkMode) (Coord, slope, error) {
	a, m := c.marginAlong(u, g)
	short, long := c.directionLadders()
	along, err := c.directional(x, u, base, short)
	if err != nil {
		return Coord{}, slope{}, err
	}
	s := along(nil)
	tol := m.of(0, a, s.value)
	if k := m.judge(0, a, s, kinks); k.Verdict == Agree && math.Abs(a-s.value) <= tol && 3*s.err <= 100*tol {
		return k, s, nil
	}
	k, s, err := c.climbAlong(x, u, base, long, a, m, kinks)
	if err != nil || k.Verdict != Unresolved {
		return k, s, err
	}
	if far, farther, err := c.climbAlong(x, u, base, farLadder, a, m, kinks); err != nil || far.seen() {
		return far, farther, err
	}
	return k, s, nil
}

// climbAlong compares a, the gradient along u at x, on a ladder, with the
// function's grain where it does not agree without.
func (c *checker) climbAlong(x, u [][]float64, base []float64, l ladder, a float64, m margin, kinks KinkMode) (Coord, slope, error) {
	along, err := c.directional(x, u, base, l)
	if err != nil {
		return Coord{}, slope{}, err
	}
	s := along(nil)
	k := m.judge(0, a, s, kinks)
	if k.settled() {
		return k, s, nil
	}
	g, err := c.grained()
	if err != nil {
		return k, s, err
	}
	again := along(g)
	if j := m.judge(0, a, again, kinks); k.Verdict != Unresolved || j.Verdict == Agree {
		return j, again, nil
	}
	return k, s, nil
}

// marginAlong returns g·u and what it is judged with.
func (c *checker) marginAlong(u, g [][]float64) (float64, margin) {
	rel, floor := c.o.tolerances(c.p)
	a, length, extra := 0.0, 0.0, 0.0
	for b := range g {
		for i := range g[b] {
			p := g[b][i] * u[b][i]
			if a += p; p != 0 {
				length = math.Hypot(length, p)
			}
			if c.extra != nil {
				extra += c.extra[b][i] * math.Abs(u[b][i])
			}
		}
	}
	return a, margin{rel: rel, floor: (rel+floor)*length + extra, max: length}
}

// scales returns the length that steps of each element of x are measured in.
func scales(x []float64) []float64 {
	floor := rms(x)
	out := make([]float64, len(x))
	for i := range x {
		if out[i] = max(math.Abs(x[i]), floor); out[i] == 0 {
			out[i] = 1
		}
	}
	return out
}

// zeros returns zeros in the shape of x.
func zeros(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for b := range x {
		out[b] = make([]float64, len(x[b]))
	}
	return out
}

func fill(s []float64, v float64) {
	for i := range s {
		s[i] = v
	}
}

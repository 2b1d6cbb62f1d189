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

// directional returns the slope of the function along u at x, measured on a
// ladder.
func (c *checker) directional(x, u [][]float64, base []float64, l ladder) (slope, error) {
	steps := l.steps()
	out := make([]float64, len(steps)*len(c.base))
	if err := c.alongLine(x, u)(steps, out); err != nil {
		return slope{}, err
	}
	rungs, residual := measure(steps, out, base, c.v, c.eps)
	c.roundedSteps(x, u, rungs)
	s := extrapolate(rungs, l.ratio)
	s.residual = residual
	s.nothing = 1000*eps64*c.size + along(c.rough, u)
	s.rounding = 32 * c.p.gradEps() * c.largest
	return s, nil
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
	s, err := c.directional(x, u, base, short)
	if err != nil {
		return Coord{}, s, err
	}
	tol := m.of(0, a, s.value)
	if k := m.judge(0, a, s, kinks); k.Verdict == Agree && math.Abs(a-s.value) <= tol && 3*s.err <= 100*tol {
		return k, s, nil
	}
	s, err = c.directional(x, u, base, long)
	return m.judge(0, a, s, kinks), s, err
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

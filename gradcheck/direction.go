package gradcheck

import (
	"math"

	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/slope"
)

// A line is the function along u through x, where its value is base. A step of 1 is
// as long as u.
type line struct {
	x, u [][]float64
	base []float64
}

// through returns the line along u through the point.
func (e *exam) through(u [][]float64) line { return line{e.s.X, u, e.s.Base} }

// compareAlong judges the gradient g along a line, in two stages. The gradient's
// own error is relative to |g∘u|₂, not to the sum g·u, which may cancel.
func (e *exam) compareAlong(l line, g [][]float64, kinks KinkMode) (Coord, slope.Slope, error) {
	a, m := e.marginAlong(l.u, g)
	measured, err := e.measureAlong(l, e.shortLadder())
	if err != nil {
		return Coord{}, slope.Slope{}, err
	}
	s, t := measured.slope(nil)
	tol := m.of(0, a, s.Value)
	if k := m.judge(0, a, s, t, kinks); k.Verdict == Agree && math.Abs(a-s.Value) <= tol && 3*s.Err <= 100*tol {
		return k, s, nil
	}
	k, s, err := e.climbAlong(l, e.longLadder(), a, m, kinks)
	if err != nil || k.Verdict != Unresolved {
		return k, s, err
	}
	if far, farther, err := e.climbAlong(l, farLadder, a, m, kinks); err != nil || far.seen() {
		return far, farther, err
	}
	return k, s, nil
}

// climbAlong compares a, the gradient along a line, on a ladder, with the
// function's grain where it does not agree without.
func (e *exam) climbAlong(l line, on slope.Ladder, a float64, m margin, kinks KinkMode) (Coord, slope.Slope, error) {
	measured, err := e.measureAlong(l, on)
	if err != nil {
		return Coord{}, slope.Slope{}, err
	}
	s, t := measured.slope(nil)
	k := m.judge(0, a, s, t, kinks)
	if k.settled() {
		return k, s, nil
	}
	g, err := e.r.Grain()
	if err != nil {
		return k, s, err
	}
	again, t := measured.slope(g)
	if j := m.judge(0, a, again, t, kinks); k.Verdict != Unresolved || j.Verdict == Agree {
		return j, again, nil
	}
	return k, s, nil
}

// marginAlong returns g·u and what it is judged with.
func (e *exam) marginAlong(u, g [][]float64) (float64, margin) {
	a, length, extra := 0.0, 0.0, 0.0
	for b := range g {
		for i := range g[b] {
			p := g[b][i] * u[b][i]
			if a += p; p != 0 {
				length = math.Hypot(length, p)
			}
			if e.r.Gradient != nil {
				extra += e.r.Gradient[b][i] * math.Abs(u[b][i])
			}
		}
	}
	return a, margin{rel: e.rel, floor: (e.rel+e.floor)*length + extra, largest: length}
}

// measured are the outputs at a ladder's steps along a line.
type measured struct {
	r          *rounding.Resolution
	line       line
	steps, out []float64
	ratio      float64
}

// measureAlong evaluates the function at a ladder's steps along a line. Those out of
// bounds have NaN outputs.
func (e *exam) measureAlong(l line, on slope.Ladder) (measured, error) {
	m := len(e.s.Base)
	steps := on.Steps()
	got := measured{e.r, l, steps, make([]float64, len(steps)*m), on.Ratio}
	for k, h := range steps {
		to := got.out[k*m : (k+1)*m]
		at, inside := e.s.Offset(l.x, l.u, h)
		if !inside {
			for j := range to {
				to[j] = math.NaN()
			}
			continue
		}
		y, err := e.s.Eval(at)
		if err != nil {
			return got, err
		}
		copy(to, y)
	}
	return got, nil
}

// slope returns the slope, with the function's grain if it is given.
func (d measured) slope(g *rounding.Grain) (slope.Slope, rounding.Thresholds) {
	s, t := d.r.Slope(d.steps, d.out, d.line.base, d.ratio, g, d.r.Blur(d.line.x, d.line.u))
	t.Unseen += rounding.Along(d.r.Floor, d.line.u)
	return s, t
}

package gradcheck

import "math"

// A curve is the function along a line through the point that is checked. It
// writes the outputs at steps[i] to out[i*m:(i+1)*m], m outputs each, and
// replaces steps[i] by the step really taken once x + h is rounded.
type curve func(steps, out []float64) error

// A ladder is a sequence of steps top, top/ratio, top/ratio², …
type ladder struct {
	top, ratio float64
	rungs      int
}

// steps returns the pairs +h, −h of every rung.
func (l ladder) steps() []float64 {
	s := make([]float64, 0, 2*l.rungs)
	for h, k := l.top, 0; k < l.rungs; h, k = h/l.ratio, k+1 {
		s = append(s, h, -h)
	}
	return s
}

// A rung is what was measured at one step of a ladder.
type rung struct {
	hp, hm float64 // distance to the right and to the left; 0 where F is not finite
	dp, dm float64 // Σ_j v_j (F_j(x ± h) − F_j(x))
	noise  float64 // rounding error of (dp − dm)/(hp + hm)
}

// both reports whether the rung has both of its sides.
func (r rung) both() bool { return r.hp > 0 && r.hm > 0 }

// A slope is a numerical derivative.
type slope struct {
	value       float64 // D
	err         float64 // E, an estimate of |D − derivative|; +Inf if there is none
	left, right float64 // one-sided slopes
	sideErr     float64 // estimated error of these
	scale       float64 // a typical size of secants, to compare zeros with
	residual    float64 // what outputs that never moved may hide
	nothing     float64 // a slope that changes the outputs by a thousand roundings over the variable's size
	rounding    float64 // a gradient of a few roundings of the numbers in the graph
	dim         float64 // a slope that changes the outputs by a thousand of their own roundings, those of the numbers they are made of
	kink        bool    // left and right slopes differ down to the smallest step
	jump        bool    // F itself has a jump here
}

// extrapolate turns the rungs of a ladder into a derivative: Richardson's
// extrapolation with every entry of the tableau judged by how it agrees with
// its neighbours (Ridders 1982), by rounding noise, and by how far the left and
// the right slope differ. The last matters at a kink, where central
// differences agree with each other perfectly and mean nothing.
func extrapolate(rungs []rung, ratio float64) slope {
	sides := oneSided(rungs, ratio)
	central := tableau{power: ratio * ratio, noise: 2}
	for k, r := range rungs {
		t := math.NaN()
		if r.both() {
			t = (r.dp - r.dm) / (r.hp + r.hm)
		}
		extra := 0.0
		if j := sides[k].gap(); j > 6*r.noise {
			extra = j
		}
		central.add(t, r.noise, extra)
	}
	s := slope{value: central.best, err: central.bestErr()}
	s.takeOneSided(rungs, ratio)
	s.scale = typical(rungs)
	s.findKink(rungs, sides)
	return s
}

// A tableau extrapolates a sequence of approximations, the last ones of which
// were made with steps shrinking by a constant ratio:
//
//	T[k][j] = (p^j T[k][j−1] − T[k−1][j−1]) / (p^j − 1),  j ≤ 3
//
// and keeps the entry of least estimated error
//
//	E[k][j] = max(|T[k][j] − T[k][j−1]|, |T[k][j] − T[k−1][j−1]|, |T[k][j] − T[k−1][j]|/4)
//	        + noise·noise_k + extra_k.
//
// The third difference guards against neighbours that agree by luck.
type tableau struct {
	power float64 // p: ratio², or ratio for one-sided differences
	noise float64 // weight of the noise
	row   []float64
	found bool
	best  float64
	err   float64
}

// add appends T[k][0]. A NaN clears the tableau; it goes on with what follows.
func (c *tableau) add(t, noise, extra float64) {
	if math.IsNaN(t) || math.IsInf(t, 0) {
		c.row = nil
		return
	}
	row := []float64{t}
	p := 1.0
	for j := 1; j <= min(3, len(c.row)); j++ {
		p *= c.power
		row = append(row, (p*row[j-1]-c.row[j-1])/(p-1))
		e := max(math.Abs(row[j]-row[j-1]), math.Abs(row[j]-c.row[j-1]))
		if j < len(c.row) {
			e = max(e, math.Abs(row[j]-c.row[j])/4)
		}
		c.offer(row[j], e+c.noise*noise+extra)
	}
	c.row = row
}

func (c *tableau) offer(t, e float64) {
	if !c.found || e < c.err {
		c.found, c.best, c.err = true, t, e
	}
}

func (c *tableau) bestErr() float64 {
	if !c.found {
		return math.Inf(1)
	}
	return c.err
}

// takeOneSided replaces the central derivative by a one-sided one where that is
// known better: at the edge of the function's domain.
func (s *slope) takeOneSided(rungs []rung, ratio float64) {
	right, left := tableau{power: ratio, noise: 4}, tableau{power: ratio, noise: 4}
	edges := 0
	for _, r := range rungs {
		if r.both() {
			right.row, left.row = nil, nil
			continue
		}
		edges++
		right.add(r.dp/r.hp, r.noise, 0)
		left.add(-r.dm/r.hm, r.noise, 0)
	}
	if edges == 0 {
		return
	}
	for _, side := range []tableau{right, left} {
		if e := side.bestErr(); e < s.err {
			s.value, s.err, s.left, s.right = side.best, e, side.best, side.best
		}
	}
}

// typical returns the largest secant of the ladder's first complete rung.
func typical(rungs []rung) float64 {
	for _, r := range rungs {
		if r.both() {
			return max(math.Abs(r.dp/r.hp), math.Abs(r.dm/r.hm))
		}
	}
	return 0
}

package slope

import (
	"math"
	"slices"
)

// A Ladder is a sequence of steps h = Top, Top/Ratio, Top/Ratio², …
type Ladder struct {
	Top, Ratio float64
	Rungs      int
}

// Steps returns the pairs +h, −h of every rung.
func (l Ladder) Steps() []float64 {
	s := make([]float64, 0, 2*l.Rungs)
	for h, k := l.Top, 0; k < l.Rungs; h, k = h/l.Ratio, k+1 {
		s = append(s, h, -h)
	}
	return s
}

// A Rung is what was measured at one step of a ladder.
type Rung struct {
	hp, hm float64 // distance to the right and to the left; 0 where F is not finite
	dp, dm float64 // Σ_j v_j (F_j(x ± h) − F_j(x))
	noise  float64 // rounding error of (dp − dm)/(hp + hm)
}

// Blur adds to the noise of every rung an uncertainty of the differences dp and
// dm that does not depend on the step: e/h.
func Blur(rungs []Rung, e float64) {
	for k := range rungs {
		if h := max(rungs[k].hp, rungs[k].hm); h > 0 {
			rungs[k].noise += e / h
		}
	}
}

// Still returns the longest step within which the function stands still on both
// sides, 0 if it moves at the shortest.
func Still(rungs []Rung) float64 {
	h := 0.0
	for _, r := range slices.Backward(rungs) {
		if r.dp != 0 || r.dm != 0 || !r.both() {
			break
		}
		h = min(r.hp, r.hm)
	}
	return h
}

// Noise returns the rounding error of the rung's central difference.
func (r Rung) Noise() float64 { return r.noise }

// both reports whether the rung has both of its sides.
func (r Rung) both() bool { return r.hp > 0 && r.hm > 0 }

// A Slope is a numerical derivative D.
type Slope struct {
	Value       float64 // D
	Err         float64 // E, an estimate of |D − derivative|; +Inf if there is none
	Left, Right float64 // one-sided slopes
	SideErr     float64 // estimated error of these
	Secant      float64 // the larger secant of the longest step, to compare zeros with
	Kink        bool    // left and right slopes differ down to the smallest step
	Jump        bool    // F itself has a jump here
}

// Extrapolate turns the rungs of a ladder into a derivative: Richardson's
// extrapolation with every entry of the tableau judged by how it agrees with
// its neighbours (Ridders 1982), by rounding noise, and by how far the left and
// the right slope differ. The last matters at a kink, where central
// differences agree with each other perfectly and mean nothing.
func Extrapolate(rungs []Rung, ratio float64) Slope {
	sides := oneSided(rungs, ratio)
	central := tableau{power: ratio * ratio, noise: 2}
	for k, r := range rungs {
		t := math.NaN()
		if r.both() {
			t = (r.dp - r.dm) / (r.hp + r.hm)
		}
		extra := 0.0 // with |F₊ + F₋ − 2F₀| ≤ 4ε, noise makes gaps of up to 5.7 noise_k at ratio 4
		if j := sides[k].gap(); j > 6*r.noise {
			extra = j
		}
		central.add(t, r.noise, extra)
	}
	s := Slope{Value: central.best, Err: central.bestErr()}
	s.takeOneSided(rungs, ratio)
	s.Secant = longestSecant(rungs)
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
func (s *Slope) takeOneSided(rungs []Rung, ratio float64) {
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
		if e := side.bestErr(); e < s.Err {
			s.Value, s.Err, s.Left, s.Right = side.best, e, side.best, side.best
		}
	}
}

// longestSecant returns the larger secant of the first rung with both sides.
func longestSecant(rungs []Rung) float64 {
	for _, r := range rungs {
		if r.both() {
			return max(math.Abs(r.dp/r.hp), math.Abs(r.dm/r.hm))
		}
	}
	return 0
}

package slope

import "math"

// sidePair holds the slopes to the left and to the right at one rung.
type sidePair struct{ left, right float64 }

// gap is J, the distance of the two slopes; 0 where they are unknown.
func (s sidePair) gap() float64 {
	if j := math.Abs(s.right - s.left); !math.IsNaN(j) {
		return j
	}
	return 0
}

// size is the larger of the two slopes.
func (s sidePair) size() float64 { return max(math.Abs(s.left), math.Abs(s.right)) }

// oneSided returns the one-sided slopes at every rung, extrapolated from it and
// the rung before, NaN where one of them is missing:
//
//	D±_k = (q s_k − s_{k−1}) / (q − 1),  s_k = d±_k / h_k
func oneSided(rungs []Rung, ratio float64) []sidePair {
	out := make([]sidePair, len(rungs))
	for k := range rungs {
		out[k] = sidePair{math.NaN(), math.NaN()}
		if k == 0 || !rungs[k].both() || !rungs[k-1].both() {
			continue
		}
		r, p := rungs[k], rungs[k-1]
		out[k].right = (ratio*r.dp/r.hp - p.dp/p.hp) / (ratio - 1)
		out[k].left = -(ratio*r.dm/r.hm - p.dm/p.hm) / (ratio - 1)
	}
	return out
}

// findKink decides whether the point is a kink: the gap between left and right
// slope does not decay over four rungs, stands out of the noise and is a
// visible part of the slopes, while no central difference is any good. A gap
// that grows as 1/h is a jump of F itself.
func (s *Slope) findKink(rungs []Rung, sides []sidePair) {
	run, growing, last := 0, 0, -1
	for k := 1; k < len(rungs); k++ {
		j := sides[k].gap()
		if j > 30*rungs[k].noise && j > 1e-3*sides[k].size() && j > sides[k-1].gap()/2 {
			run++
			if j > 2*sides[k-1].gap() {
				growing++
			}
		} else {
			run, growing = 0, 0
		}
		if run >= 4 {
			last = k
			s.Jump = growing >= 4
		}
	}
	if last < 0 {
		s.nearest(rungs, sides)
		return
	}
	first := last
	for first > 1 && sides[first-1].gap() > 0 && sides[first].gap() > sides[first-1].gap()/2 {
		first--
	}
	s.choose(rungs, sides, first, last)
	s.Kink = !(s.Err < 1e-4*sides[first].size())
}

// choose sets the one-sided slopes to those that change least from one rung to
// the next.
func (s *Slope) choose(rungs []Rung, sides []sidePair, first, last int) {
	s.SideErr = math.Inf(1)
	for k := first; k <= last; k++ {
		a, b := sides[k-1], sides[k]
		e := max(math.Abs(b.left-a.left), math.Abs(b.right-a.right)) + 6*rungs[k].noise
		if e < s.SideErr {
			s.Left, s.Right, s.SideErr = b.left, b.right, e
		}
	}
	if math.IsInf(s.SideErr, 1) {
		s.Left, s.Right = sides[last].left, sides[last].right
		s.SideErr = 6 * rungs[last].noise
	}
}

// nearest sets the one-sided slopes of a point without a kink, for the report.
func (s *Slope) nearest(rungs []Rung, sides []sidePair) {
	best := math.Inf(1)
	for k := 1; k < len(rungs); k++ {
		e := math.Abs((sides[k].left+sides[k].right)/2-s.Value) + sides[k].gap()
		if e < best {
			best, s.Left, s.Right = e, sides[k].left, sides[k].right
		}
	}
	if math.IsInf(best, 1) && s.Left == 0 && s.Right == 0 {
		s.Left, s.Right = s.Value, s.Value
	}
}

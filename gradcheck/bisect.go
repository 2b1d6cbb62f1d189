package gradcheck

import "declive/gradcheck/internal/subject"

// along compares the gradient along a few random directions
//
//	u_i = ±U[½, 3/2]·size_i
//
// within the variable. A single wrong coordinate shows in full in each of them;
// two equal errors cancel with probability 0. If one fails, its support is
// halved until single coordinates are left, and those are checked thoroughly.
func (v *variable) along() error {
	for range v.o.fast {
		if wrong, err := v.searchDirection(); wrong || err != nil {
			return err
		}
	}
	return v.dimDirections()
}

// dimDirections looks along directions with the gradient's own signs where rounding
// hides the slope along every random one.
func (v *variable) dimDirections() error {
	if v.report.dimDirections < v.report.Directions {
		return nil
	}
	elements := make([]int, len(v.x()))
	for i := range elements {
		elements[i] = i
	}
	seen, err := v.seenTogether(elements)
	if seen {
		v.report.dimDirections = 0
	}
	return err
}

// searchDirection compares the gradient along one random direction, and reports
// whether it found a mistake.
func (v *variable) searchDirection() (bool, error) {
	u := v.s.DirectionOf(v.s.Rand, v.x())
	v.report.Directions++
	return v.search(u, 0, len(u), len(v.report.Coords)+v.o.maxWrong)
}

// search checks the part lo … hi−1 of direction u, then of its halves while they
// disagree, until there are most coordinates in the report. It reports whether it
// found a wrong one; if a part is wrong but neither of its halves is, the part is
// reported as a direction, unless it has a kink there: where several elements
// are at kinks, a gradient between the slopes of each need not be between theirs
// together.
func (v *variable) search(u []float64, lo, hi, most int) (bool, error) {
	if hi-lo == 0 || len(v.report.Coords) >= most {
		return false, nil
	}
	if hi-lo == 1 {
		return v.searchOne(lo)
	}
	part := subject.Zeros(v.s.X)
	copy(part[v.b][lo:hi], u[lo:hi])
	k, s, err := v.compareAlong(v.through(part), v.s.Grad, v.o.kinks)
	if err != nil {
		return false, err
	}
	if k.Verdict == Unresolved && lo == 0 && hi == len(u) {
		v.report.dimDirections++
	}
	if k.Verdict != Disagree {
		return false, nil
	}
	mid := (lo + hi) / 2
	left, err := v.search(u, lo, mid, most)
	if err != nil {
		return false, err
	}
	right, err := v.search(u, mid, hi, most)
	if err != nil {
		return false, err
	}
	if !left && !right && !s.Kink && len(v.report.Coords) < most {
		v.spread(lo, hi, k)
		return true, nil
	}
	return left || right, nil
}

func (v *variable) searchOne(i int) (bool, error) {
	out := make([]Coord, 1)
	if err := v.coordinates([]int{i}, out); err != nil {
		return false, err
	}
	if out[0].Verdict != Disagree {
		return false, nil
	}
	v.report.Coords = append(v.report.Coords, out[0])
	return true, nil
}

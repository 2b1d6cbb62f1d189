package gradcheck

import "math"

// fastVariable checks variable b along a few random directions
//
//	u_i = ±U[½, 3/2]·scale_i
//
// within the variable. A single wrong coordinate shows in full in each of them;
// two equal errors cancel with probability 0. If one fails, its support is
// halved until single coordinates are left, and those are checked thoroughly.
func (c *checker) fastVariable(b int) error {
	for range c.o.fast {
		if wrong, err := c.searchDirection(b); wrong || err != nil {
			return err
		}
	}
	return c.dimDirections(b)
}

// dimDirections looks along directions with the gradient's own signs where rounding
// hides the slope along every random one.
func (c *checker) dimDirections(b int) error {
	r := &c.report.Vars[b]
	if r.dimDirections < r.Directions {
		return nil
	}
	elements := make([]int, len(c.x[b]))
	for i := range elements {
		elements[i] = i
	}
	seen, err := c.seenTogether(b, elements)
	if seen {
		r.dimDirections = 0
	}
	return err
}

// searchDirection checks variable b along one random direction, and reports
// whether it found a mistake.
func (c *checker) searchDirection(b int) (bool, error) {
	s := scales(c.x[b])
	u := zeros(c.x)
	for i := range u[b] {
		u[b][i] = s[i] * (0.5 + c.rng.Float64())
		if c.rng.IntN(2) == 0 {
			u[b][i] = -u[b][i]
		}
	}
	r := &c.report.Vars[b]
	r.Directions++
	return c.search(b, u, 0, len(s), len(r.Coords)+c.o.maxWrong)
}

// search checks the part lo … hi−1 of direction u, then of its halves while they
// disagree, until there are most coordinates in the report. It reports whether it
// found a wrong one; if a part is wrong but neither of its halves is, the part is
// reported as a direction, unless it has a kink there: where several elements
// are at kinks, a gradient between the slopes of each need not be between theirs
// together.
func (c *checker) search(b int, u [][]float64, lo, hi, most int) (bool, error) {
	r := &c.report.Vars[b]
	if hi-lo == 0 || len(r.Coords) >= most {
		return false, nil
	}
	if hi-lo == 1 {
		return c.searchOne(b, lo)
	}
	part := zeros(c.x)
	copy(part[b][lo:hi], u[b][lo:hi])
	k, s, err := c.compareAlong(c.x, part, c.grad, c.base, c.o.kinks)
	if err != nil {
		return false, err
	}
	if k.Verdict == Unresolved && lo == 0 && hi == len(u[b]) {
		r.dimDirections++
	}
	if k.Verdict != Disagree {
		return false, nil
	}
	mid := (lo + hi) / 2
	left, err := c.search(b, u, lo, mid, most)
	if err != nil {
		return false, err
	}
	right, err := c.search(b, u, mid, hi, most)
	if err != nil {
		return false, err
	}
	if !left && !right && !s.kink && len(r.Coords) < most {
		k.Index, k.X = lo, math.NaN()
		r.Spread = append(r.Spread, Spread{From: lo, To: hi, Coord: k})
		return true, nil
	}
	return left || right, nil
}

func (c *checker) searchOne(b, i int) (bool, error) {
	r := &c.report.Vars[b]
	out := make([]Coord, 1)
	if err := c.coordinates(b, []int{i}, out); err != nil {
		return false, err
	}
	if out[0].Verdict != Disagree {
		return false, nil
	}
	r.Coords = append(r.Coords, out[0])
	return true, nil
}

package gradcheck

import "math"

// unresolvedTogether looks again at the coordinates of variable b that the
// function's rounding hides one by one. Along a direction in which they all move
// their slopes add up: as √n where the signs are drawn, and as n where they are
// those of the gradient. If the gradient agrees along such directions the
// coordinates are resolved [Together]; if it does not, they are wrong together.
// What is hidden even so is [Negligible] where nothing that it may be matters.
func (c *checker) unresolvedTogether(b int) error {
	r := &c.report.Vars[b]
	var at []int // in r.Coords
	for n, k := range r.Coords {
		if k.Verdict == Unresolved {
			at = append(at, n)
		}
	}
	if len(at) == 0 {
		return nil
	}
	elements := make([]int, len(at))
	for n, k := range at {
		elements[n] = r.Coords[k].Index
	}
	seen, err := c.seenTogether(b, elements)
	if err != nil || len(r.Spread) > 0 {
		return err
	}
	verdict := Together
	if !seen {
		negligible, err := c.negligible(b, at)
		if err != nil || !negligible {
			return err
		}
		verdict = Negligible
	}
	for _, n := range at {
		r.Coords[n].Verdict = verdict
	}
	return nil
}

// seenTogether compares the gradient along one direction with the gradient's own
// signs and two with random ones. It reports whether it agrees along the first,
// and along the others at least within a half of |g∘u|, about which a random sum
// is as large; where it disagrees, the coordinates are in the report as wrong together.
func (c *checker) seenTogether(b int, elements []int) (bool, error) {
	r := &c.report.Vars[b]
	if len(elements) < 2 {
		return false, nil
	}
	agree := true
	for n := range 3 {
		u := zeros(c.x)
		s := scales(c.x[b])
		for _, i := range elements {
			u[b][i] = s[i] * (0.5 + c.rng.Float64())
			if n == 0 {
				u[b][i] = math.Copysign(u[b][i], c.grad[b][i])
			} else if c.rng.IntN(2) == 0 {
				u[b][i] = -u[b][i]
			}
		}
		k, s1, err := c.compareAlong(c.x, u, c.grad, c.base, c.o.kinks)
		if err != nil {
			return false, err
		}
		_, m := c.marginAlong(u, c.grad)
		coarse := n > 0 && k.Verdict == Unresolved && math.Abs(k.Analytic-k.Numeric) <= k.Tol && 3*k.Err <= 0.5*m.max
		agree = agree && (k.Verdict == Agree || coarse)
		if k.Verdict == Disagree && !s1.kink {
			k.Index, k.X = elements[0], math.NaN()
			r.Spread = append(r.Spread, Spread{From: k.Index, To: elements[len(elements)-1] + 1, Coord: k})
			return false, nil
		}
	}
	return agree, nil
}

// negligible reports whether what the coordinates' derivatives may be does not
// matter. Variable i moved by its own size may change the function by as much as
// b_i = (max(|a_i|, |D_i|) + 3E_i)·size_i. For all of them together that is no more
// than the tolerance allows beside the rest of the gradient,
//
//	|b| ≤ 10 rel·|g∘size|
//
// not counting those that are below what the function's rounding shows.
func (c *checker) negligible(b int, at []int) (bool, error) {
	grain, err := c.grained()
	if err != nil {
		return false, err
	}
	r, sizes := &c.report.Vars[b], scales(c.x[b])
	made := max(c.size, grain.size)
	bound := 0.0
	hidden := map[int]bool{}
	for _, n := range at {
		k := r.Coords[n]
		hidden[k.Index] = true
		if s := sizes[k.Index]; !c.belowRounding(k, s, made) {
			bound = math.Hypot(bound, (max(math.Abs(k.Analytic), math.Abs(k.Numeric))+3*k.Err)*s)
		}
	}
	rel, _ := c.o.tolerances(c.p)
	return bound == 0 || bound <= 10*rel*c.effect(b, hidden), nil
}

// belowRounding reports whether a variable moved by its size changes the function,
// made of numbers up to the given size, by a number of roundings only: ten thousand
// in float64, a thousand in float32. Either the gradient claims nothing for it, and
// the function shows no more than those. Or the slope is seen to a half, so that a
// factor of 2 would be, and no more than those is what the gradient may differ by.
func (c *checker) belowRounding(k Coord, size, made float64) bool {
	rounding := 1e4 * eps64 * made
	if c.p.Float32 {
		rounding = 1e3 * eps32 * made
	}
	most := (max(math.Abs(k.Analytic), math.Abs(k.Numeric)) + 3*k.Err) * size
	if math.Abs(k.Analytic)*size <= 1e3*eps64*made && most <= rounding {
		return true
	}
	off := (math.Abs(k.Analytic-k.Numeric) + 3*k.Err) * size
	return 3*k.Err <= math.Abs(k.Numeric)/2 && off <= rounding
}

// effect returns |g∘size| over all variables, without the elements of variable b
// that are hidden.
func (c *checker) effect(b int, hidden map[int]bool) float64 {
	length := 0.0
	for k, g := range c.grad {
		for i, s := range scales(c.x[k]) {
			if k != b || !hidden[i] {
				length = math.Hypot(length, g[i]*s)
			}
		}
	}
	return length
}

package gradcheck

import (
	"math"

	"declive/gradcheck/internal/subject"
)

// unresolvedTogether looks again at the coordinates that the function's rounding hides
// one by one. Along a direction in which they all move their slopes add up: as √n
// where the signs are drawn, and as n where they are those of the gradient. If the
// gradient agrees along such directions the coordinates are resolved [Together]; if it
// does not, they are wrong together. What is hidden even so is [Negligible] where
// nothing that it may be matters.
func (v *variable) unresolvedTogether() error {
	var at, elements []int // in the report's coordinates, in the variable
	for n, k := range v.report.Coords {
		if k.Verdict == Unresolved {
			at, elements = append(at, n), append(elements, k.Index)
		}
	}
	if len(at) == 0 {
		return nil
	}
	seen, err := v.seenTogether(elements)
	if err != nil || len(v.report.Spread) > 0 {
		return err
	}
	verdict := Together
	if !seen {
		negligible, err := v.negligible(at)
		if err != nil || !negligible {
			return err
		}
		verdict = Negligible
	}
	for _, n := range at {
		v.report.Coords[n].Verdict = verdict
	}
	return nil
}

// seenTogether compares the gradient along one direction with the gradient's own
// signs and two with random ones. It reports whether it agrees along the first,
// and along the others at least within a half of |g∘u|, about which a random sum
// is as large; where it disagrees, the coordinates are in the report as wrong together.
func (v *variable) seenTogether(elements []int) (bool, error) {
	if len(elements) < 2 {
		return false, nil
	}
	agree := true
	for n := range 3 {
		u := v.directionOf(elements, n == 0)
		k, s, err := v.compareAlong(v.through(u), v.s.Grad, v.o.kinks)
		if err != nil {
			return false, err
		}
		_, m := v.marginAlong(u, v.s.Grad)
		coarse := n > 0 && k.Verdict == Unresolved && math.Abs(k.Analytic-k.Numeric) <= k.Tol && 3*k.Err <= 0.5*m.largest
		agree = agree && (k.Verdict == Agree || coarse)
		if k.Verdict == Disagree && !s.Kink {
			v.spread(elements[0], elements[len(elements)-1]+1, k)
			return false, nil
		}
	}
	return agree, nil
}

// directionOf draws a direction in which the elements move, with the gradient's own
// signs or random ones.
func (v *variable) directionOf(elements []int, own bool) [][]float64 {
	u := subject.Zeros(v.s.X)
	sizes := subject.Scales(v.x())
	for _, i := range elements {
		u[v.b][i] = sizes[i] * (0.5 + v.s.Rand.Float64())
		if own {
			u[v.b][i] = math.Copysign(u[v.b][i], v.grad()[i])
		} else {
			u[v.b][i] *= float64(1 - 2*v.s.Rand.IntN(2))
		}
	}
	return u
}

// spread reports that the elements lo … hi−1 are wrong along a direction.
func (v *variable) spread(lo, hi int, k Coord) {
	k.Index, k.X = lo, math.NaN()
	v.report.Spread = append(v.report.Spread, Spread{From: lo, To: hi, Coord: k})
}

// negligible reports whether what the coordinates' derivatives may be does not
// matter. Variable i moved by its own size may change the function by as much as
// b_i = (max(|a_i|, |D_i|) + 3E_i)·size_i. For all of them together that is no more
// than the tolerance allows beside the rest of the gradient,
//
//	|b| ≤ 10 rel·|g∘size|
//
// not counting those that are below what the function's rounding shows.
func (v *variable) negligible(at []int) (bool, error) {
	grain, err := v.r.Grain()
	if err != nil {
		return false, err
	}
	sizes := subject.Scales(v.x())
	made := max(v.r.Size, grain.Size)
	bound := 0.0
	hidden := map[int]bool{}
	for _, n := range at {
		k := v.report.Coords[n]
		hidden[k.Index] = true
		if s := sizes[k.Index]; !v.belowRounding(k, s, made) {
			bound = math.Hypot(bound, k.most()*s)
		}
	}
	return bound == 0 || bound <= 10*v.rel*v.effect(hidden), nil
}

// most returns the largest size that the derivative may have.
func (c Coord) most() float64 { return max(math.Abs(c.Analytic), math.Abs(c.Numeric)) + 3*c.Err }

// belowRounding reports whether a variable moved by its size changes the function,
// made of numbers up to the given size, by a number of roundings only: ten thousand
// in float64, a thousand in float32. Either the gradient claims nothing for it, and
// the function shows no more than those. Or the slope is seen to a half, so that a
// factor of 2 would be, and no more than those is what the gradient may differ by.
func (v *variable) belowRounding(k Coord, size, made float64) bool {
	rounding := 1e4 * subject.Eps64 * made
	if v.s.Function32 {
		rounding = 1e3 * subject.Eps32 * made
	}
	if math.Abs(k.Analytic)*size <= 1e3*subject.Eps64*made && k.most()*size <= rounding {
		return true
	}
	off := (math.Abs(k.Analytic-k.Numeric) + 3*k.Err) * size
	return 3*k.Err <= math.Abs(k.Numeric)/2 && off <= rounding
}

// effect returns |g∘size| over all variables, without the elements of this one that
// are hidden.
func (v *variable) effect(hidden map[int]bool) float64 {
	length := 0.0
	for b, g := range v.s.Grad {
		for i, s := range subject.Scales(v.s.X[b]) {
			if b != v.b || !hidden[i] {
				length = math.Hypot(length, g[i]*s)
			}
		}
	}
	return length
}

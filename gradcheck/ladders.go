package gradcheck

import (
	"math"

	"declive/gradcheck/internal/slope"
)

// shortLadder is the ladder of the first stage: two rungs, whose extrapolation has an
// error of order h⁴ and rounding of order ε/h. Both are alike at h = ε^(1/5); a
// quarter of the first step is there.
func (e *exam) shortLadder() slope.Ladder {
	return slope.Ladder{Top: 4 * math.Pow(e.s.Eps(), 0.2), Ratio: 4, Rungs: 2}
}

// fullLadder is the one of the second stage for a coordinate. Its steps go from where
// functions are no longer smooth, a tenth of the variable, down to 6e-12, where
// rounding leaves five digits of the slope: kinks that near are seen. In float32 steps
// begin farther away, and 4e-6 leaves two digits.
func (e *exam) fullLadder() slope.Ladder {
	if e.s.Function32 {
		return slope.Ladder{Top: 0.25, Ratio: 4, Rungs: 9}
	}
	return slope.Ladder{Top: 0.1, Ratio: 4, Rungs: 18}
}

// longLadder is that for a direction, whose shortest steps move variables by too few
// roundings to be in the direction: it ends at 1.5e-9.
func (e *exam) longLadder() slope.Ladder {
	l := e.fullLadder()
	l.Rungs = min(l.Rungs, 14)
	return l
}

// otherSteps is a ladder over the same range with none of the same steps.
func otherSteps(l slope.Ladder) slope.Ladder {
	return slope.Ladder{Top: 0.37 * l.Top, Ratio: 3, Rungs: l.Rungs * 5 / 4}
}

// farLadder has steps beyond the variables' size, where a smooth function shows
// a slope that its rounding hides nearer by.
var farLadder = slope.Ladder{Top: 4, Ratio: 2, Rungs: 8}

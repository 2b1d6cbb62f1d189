package rounding

import (
	"fmt"
	"math"

	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/subject"
)

// safety multiplies the farthest that an element was seen to move in four trials. Its
// error is one more such draw: if these are normal, it is farther than eight times
// the largest of four in 3 of 10,000 cases, E[(2φ(0)·z/8)⁴].
const safety = 8

// conditioning estimates the rounding error of a float32 gradient: how far it
// moves when every variable moves by a unit of float32 rounding, times eight.
// A sum that cancels moves far, and an error bound relative to its result
// alone would call it wrong. It is capped at 1 % of the largest gradient, so that
// a gradient that jumps there is still compared. What rounding does inside of a
// known graph is added.
func (r *Resolution) conditioning() ([][]float64, error) {
	s := r.s
	out := subject.Zeros(s.X)
	for range trials {
		g, err := s.Backward(s.OneRoundingAway(s.X, s.RoundGrad), s.V)
		if err != nil {
			return nil, fmt.Errorf("gradcheck: gradient at a point one rounding away: %w", err)
		}
		for b := range g {
			most := 0.01 * norm.Max(s.Grad[b])
			for i := range g[b] {
				if d := safety * math.Abs(g[b][i]-s.Grad[b][i]); d > out[b][i] {
					out[b][i] = min(d, most)
				}
			}
		}
	}
	return out, r.AddInside(s.X, out)
}

// AddInside raises the rounding error of a float32 gradient at x to eight times
// what noise of its size does to the graph's gradient, but not over 5 % of the
// largest, or over eight roundings of the largest number in the graph: where all of
// a gradient is as small as these, as that of saturated units, float32 may lose it.
func (r *Resolution) AddInside(x, errors [][]float64) error {
	s := r.s
	if s.Graph == nil {
		return nil
	}
	noisy, err := s.Graph.Noisy()
	if err != nil {
		return err
	}
	own, err := noisy.Run(s.Rand, 0, x, s.V)
	if err != nil {
		return err
	}
	for range trials {
		g, err := noisy.Run(s.Rand, subject.Eps32, x, s.V)
		if err != nil {
			return err
		}
		for b := range g {
			most := max(0.05*norm.Max(own[b]), safety*subject.Eps32*r.largest/subject.Scale(x[b]))
			for i := range g[b] {
				errors[b][i] = max(errors[b][i], min(safety*math.Abs(g[b][i]-own[b][i]), most))
			}
		}
	}
	return nil
}

package rounding

import (
	"math"

	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/subject"
)

// magnitude finds the size of what the projected outputs are made of: their own
// size, or where terms cancel in them, the largest term, or the largest change that
// a variable makes by moving as far as its own size:
//
//	max(Σ |v_j F_j|, max |v| · max |term|, max_i |g_i| size_i)
//
// and the largest number in the graph.
func (r *Resolution) magnitude() error {
	s := r.s
	for j, f := range s.Base {
		r.Size += math.Abs(s.V[j] * f)
	}
	for b, g := range s.Grad {
		sizes := subject.Scales(s.X[b])
		for i, a := range g {
			r.Size = max(r.Size, math.Abs(a)*sizes[i])
		}
	}
	if s.Graph == nil {
		return nil
	}
	values, err := s.NodeValues()
	if err != nil {
		return err
	}
	r.Size = max(r.Size, norm.Max(s.V)*values.LargestTerm(s.Graph.Output))
	r.largest = values.Largest()
	return nil
}

// GradientFloor returns for each variable the size up to which its gradient g at x is
// nothing but rounding, mostly 0. Where all of the function cancels, a backward
// pass leaves a thousand roundings of the values in the graph, which change by
// more than a hundredth when every variable moves by one rounding. A right gradient
// changes by some roundings of itself then.
func (r *Resolution) GradientFloor(x, g [][]float64) ([]float64, error) {
	out := make([]float64, len(x))
	if r.s.Graph == nil {
		return out, nil
	}
	for b := range g {
		top := norm.Max(g[b])
		if top == 0 || top*subject.Scale(x[b]) > 1000*r.s.GradEps()*r.largest {
			continue
		}
		moved, err := r.moveAtRoundings(x, g, b)
		if err != nil {
			return nil, err
		}
		if moved > 0.01*top {
			out[b] = 100 * max(top, moved)
		}
	}
	return out, nil
}

// trials is how often something is moved by roundings at random, as rounding itself
// does.
const trials = 4

// moveAtRoundings returns how far an element of variable b's gradient moves when
// every variable moves by one rounding, the farthest of some times.
func (r *Resolution) moveAtRoundings(x, g [][]float64, b int) (float64, error) {
	far := 0.0
	for range trials {
		moved, err := r.s.Backward(r.s.OneRoundingAway(x, r.s.Round), r.s.V)
		if err != nil {
			return 0, err
		}
		for i := range g[b] {
			far = max(far, math.Abs(moved[b][i]-g[b][i]))
		}
	}
	return far, nil
}

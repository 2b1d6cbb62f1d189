package saddle

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"declive/optim/curvature"
)

// A finding is a stationary point, and how many starts led to one like it: with
// the same loss and as many falling directions. Points that differ in the order
// or the signs of hidden units are alike.
type finding struct {
	curvature.StationaryPoint
	weights []float64
	falling int
	times   int
}

// share returns the part of all directions along which the loss falls.
func (f *finding) share() float64 { return float64(f.falling) / float64(len(f.Eigenvalues)) }

// A search is where a method ends from many starts.
type search struct {
	findings []*finding // by loss, the lowest first
	lost     int        // starts from which it arrived nowhere
}

// minima counts the starts that led to a minimum.
func (s *search) minima() int { return s.count(curvature.Minimum) }

// saddles counts the starts that led to a saddle.
func (s *search) saddles() int { return s.count(curvature.Saddle) }

func (s *search) count(k curvature.Kind) int {
	n := 0
	for _, f := range s.findings {
		if f.Kind == k {
			n += f.times
		}
	}
	return n
}

// favourite returns the saddle that most starts led to, nil if none did.
func (s *search) favourite() *finding {
	var best *finding
	for _, f := range s.findings {
		if f.Kind == curvature.Saddle && (best == nil || f.times > best.times) {
			best = f
		}
	}
	return best
}

// correlation returns that of loss and falling directions over all findings.
func correlation(searches ...*search) float64 {
	var loss, share []float64
	for _, s := range searches {
		for _, f := range s.findings {
			loss, share = append(loss, f.Loss), append(share, f.share())
		}
	}
	return stat.Correlation(loss, share, nil)
}

// most is how many steps a method gets to arrive.
const most = 100

// find follows a method from so many random starts.
func (p *problem) find(ctx context.Context, m curvature.Method, starts int, rng *rand.Rand) (*search, error) {
	s := &search{}
	w := make([]float64, p.objective.Dim())
	for range starts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range w {
			w[i] = rng.NormFloat64()
		}
		if err := p.objective.Move(w); err != nil {
			return nil, err
		}
		if !p.arrives(m) {
			s.lost++
			continue
		}
		point, err := curvature.Classify(p.objective, curvature.Criteria{})
		if err != nil {
			return nil, err
		}
		s.add(&finding{StationaryPoint: point, weights: p.objective.Point(), falling: falling(point), times: 1})
	}
	slices.SortFunc(s.findings, func(a, b *finding) int {
		if a.Loss < b.Loss {
			return -1
		}
		return 1
	})
	return s, nil
}

// add counts a finding.
func (s *search) add(f *finding) {
	for _, g := range s.findings {
		if math.Abs(g.Loss-f.Loss) < 1e-6 && g.falling == f.falling {
			g.times++
			return
		}
	}
	s.findings = append(s.findings, f)
}

// arrives follows a method from the present weights to where its steps end. A
// step longer than 1 is shortened to that.
func (p *problem) arrives(m curvature.Method) bool {
	for range most {
		_, step, err := m.Direction(p.objective)
		if err != nil {
			return false // a singular Hessian
		}
		length := floats.Norm(step, 2)
		if length < 1e-9 {
			return true
		}
		w := p.objective.Point()
		floats.AddScaled(w, min(1, 1/length), step)
		if math.IsNaN(length) || p.objective.Move(w) != nil {
			return false
		}
	}
	return false
}

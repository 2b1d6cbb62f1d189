package gradcheck

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"declive/gradcheck/internal/mutate"
	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/subject"
	"declive/gradcheck/internal/trace"
)

// A Score says how many of the faults that were put into a gradient a check
// noticed.
type Score struct {
	Tried    int // faults that change the gradient at some point
	Noticed  int
	Survived []string // what was not noticed
}

// String returns the score in a line, and the survivors.
func (s Score) String() string {
	head := fmt.Sprintf("%d of %d faults noticed", s.Noticed, s.Tried)
	if len(s.Survived) == 0 {
		return head
	}
	return head + "; survived:\n  " + strings.Join(s.Survived, "\n  ")
}

// maxMutants is the number of faults that Mutants tries.
const maxMutants = 60

// Mutants puts faults into the gradient of p, one at a time, and reports how many
// of them the check with these options notices. It tells whether a test is worth
// its name: a batch of one example, zero weights or symmetric data hide mistakes
// that the next user will meet. A fault that changes no gradient at any of three
// random points counts for nothing. Mutants fails t if it cannot be done, not if
// faults survive: look at the score.
//
// Faults are put into the backward graph of problems from [LossProblem] and
// [OpProblem], and into the result of other gradients.
func Mutants(t testing.TB, p Problem, opts ...Option) Score {
	needs(t, "Mutants")
	t.Helper()
	s, err := mutants(t.Context(), p, opts)
	if err != nil {
		t.Error(err)
	}
	return s
}

func mutants(ctx context.Context, p Problem, opts []Option) (Score, error) {
	o, err := newOptions(opts)
	if err != nil {
		return Score{}, err
	}
	rng := rand.New(rand.NewPCG(o.seed, 1))
	faulty, err := p.faulty(rng)
	if err != nil {
		return Score{}, err
	}
	s := Score{}
	for _, f := range faulty {
		visible, err := p.differs(f.problem, rng)
		if err != nil || !visible {
			continue
		}
		r, err := Compute(ctx, f.problem, opts...)
		if err != nil {
			return s, err
		}
		s.Tried++
		if r.OK() {
			s.Survived = append(s.Survived, f.what)
		} else {
			s.Noticed++
		}
	}
	return s, nil
}

// A faulty is a problem whose gradient has one fault.
type faulty struct {
	problem Problem
	what    string
}

// faulty returns up to maxMutants problems with faults drawn at random.
func (p *Problem) faulty(rng *rand.Rand) ([]faulty, error) {
	if p.graph == nil {
		return p.spoiled(), nil
	}
	rec, err := p.graph.Copy()
	if err != nil {
		return nil, err
	}
	dy := rec.Incoming()
	back, err := mutate.New(rec.Output, dy, rec.Vars...)
	if err != nil {
		return nil, err
	}
	rng.Shuffle(len(back.Faults), func(i, j int) { back.Faults[i], back.Faults[j] = back.Faults[j], back.Faults[i] })
	var out []faulty
	for _, f := range back.Faults[:min(maxMutants, len(back.Faults))] {
		grads, err := back.With(f)
		if err != nil {
			continue // a fault that does not fit the shapes
		}
		r, err := trace.NewRunner(append(slices.Clone(rec.Vars), dy), rec.Fixed, grads...)
		if err != nil {
			return nil, err
		}
		q := *p
		q.VJP = func(x [][]float64, v []float64) ([][]float64, error) { return r.Run(append(x[:len(x):len(x)], v)) }
		out = append(out, faulty{q, f.String()})
	}
	return out, nil
}

// spoils change a gradient g of elements x after it was computed.
var spoils = []struct {
	what  string
	spoil func(g, x []float64)
}{
	{"factor 2", func(g, _ []float64) { floats.Scale(2, g) }},
	{"sign", func(g, _ []float64) { floats.Scale(-1, g) }},
	{"zero", func(g, _ []float64) { clear(g) }},
	{"off by 1e-3", func(g, _ []float64) { floats.Scale(1.001, g) }},
	{"last one lost", func(g, _ []float64) { g[len(g)-1] = 0 }},
	{"first one lost", func(g, _ []float64) { g[0] = 0 }},
	{"shifted by one", func(g, _ []float64) { last := g[len(g)-1]; copy(g[1:], g); g[0] = last }},
	{"x added", func(g, x []float64) {
		for i := range g {
			g[i] += 0.01 * x[i]
		}
	}},
}

// spoiled returns problems whose gradient is changed after it was computed.
func (p *Problem) spoiled() []faulty {
	var out []faulty
	for b, v := range p.Vars {
		if len(v.Value) == 0 {
			continue
		}
		for _, s := range spoils {
			q := *p
			vjp := func(x [][]float64, w []float64) ([][]float64, error) {
				g, err := p.backward(x, w)
				if err != nil {
					return nil, err
				}
				g = subject.Clone(g)
				s.spoil(g[b], x[b])
				return g, nil
			}
			if p.VJP != nil {
				q.VJP = vjp
			} else {
				q.Grad = func(x [][]float64) ([][]float64, error) { return vjp(x, nil) }
			}
			out = append(out, faulty{q, s.what + ": " + v.Name})
		}
	}
	return out
}

// differs reports whether the gradients of p and q differ at one of three random
// points, by more than 1e-6 of the largest.
func (p *Problem) differs(q Problem, rng *rand.Rand) (bool, error) {
	for range 3 {
		x := p.point()
		for b := range x {
			for i, s := range subject.Scales(x[b]) {
				x[b][i] = p.precision().Round(x[b][i] + s*rng.NormFloat64())
			}
		}
		f, err := p.F(subject.Clone(x))
		if err != nil || !subject.Finite([][]float64{f}) {
			continue
		}
		v := make([]float64, len(f))
		for j := range v {
			v[j] = 0.5 + rng.Float64()
		}
		a, err := p.backward(subject.Clone(x), v)
		if err != nil {
			return false, err
		}
		a = subject.Clone(a)
		b, err := q.backward(subject.Clone(x), v)
		if err != nil {
			return false, err
		}
		if apart(a, b) {
			return true, nil
		}
	}
	return false, nil
}

func apart(a, b [][]float64) bool {
	for k := range a {
		d := 0.0
		for i := range a[k] {
			d = max(d, math.Abs(a[k][i]-b[k][i]))
		}
		if d > 1e-6*norm.Max(a[k]) {
			return true
		}
	}
	return false
}

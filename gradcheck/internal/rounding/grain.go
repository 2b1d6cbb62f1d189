package rounding

import (
	"math"
	"math/rand/v2"
	"slices"

	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/subject"
)

// A Grain is what the function's values look like over distances from rounding to
// the size of the variables. A sum of saturated terms that cancel is small and
// stands still at the point, while its terms, and their rounding, are not: the
// noise that is measured at the point knows nothing of them.
type Grain struct {
	// Size is how far the projected outputs move, Σ |v_j| max |ΔF_j|.
	Size float64

	noise []float64 // of each output: that at the point, or the least difference of two values, if larger
}

// Grain returns the grain around the point, which is measured once, when the
// first coordinate disagrees with what noise alone would allow. Several goroutines
// may ask.
func (r *Resolution) Grain() (*Grain, error) {
	r.once.Do(func() { r.grain, r.grainErr = r.measureGrain() })
	return r.grain, r.grainErr
}

// grainStream is the stream of the check's seed that the grain draws from. With one of
// its own, what a check draws otherwise does not depend on whether the grain was asked.
const grainStream = 2

// measureGrain evaluates the function along three random directions, at steps
// from the variables' size down to rounding.
func (r *Resolution) measureGrain() (*Grain, error) {
	values, err := r.wander(rand.New(rand.NewPCG(r.s.Seed, grainStream)))
	if err != nil {
		return nil, err
	}
	g := &Grain{noise: slices.Clone(r.Noise)}
	for j, v := range values {
		least, far := spacing(v)
		g.noise[j] = max(g.noise[j], min(least, 4*r.s.Eps()*far))
		g.Size += math.Abs(r.s.V[j]) * far
	}
	if g.Size == 0 && norm.Max(r.s.Base) == 0 { // 0 all around: nothing else to measure slopes by
		for _, x := range r.s.X {
			g.Size = max(g.Size, subject.Scale(x))
		}
	}
	return g, nil
}

// wander returns the values of each output on the way.
func (r *Resolution) wander(rng *rand.Rand) ([][]float64, error) {
	values := make([][]float64, len(r.s.Base))
	for j, f := range r.s.Base {
		values[j] = []float64{f}
	}
	for range 3 {
		u := r.s.Direction(rng)
		for h := 1.0; h > r.s.Eps(); h /= 16 {
			for _, step := range []float64{h, -h, h / 4, -h / 4} {
				at, inside := r.s.Offset(r.s.X, u, step)
				if !inside {
					continue
				}
				y, err := r.s.Eval(at)
				if err != nil {
					return nil, err
				}
				for j, f := range y {
					values[j] = append(values[j], f)
				}
			}
		}
	}
	return values, nil
}

// spacing returns the least difference of two values, 0 if all are the same, and
// the largest difference from the first. Values that are not finite do not count.
func spacing(values []float64) (least, far float64) {
	first := values[0]
	finite := values[:0:0]
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
			far = max(far, math.Abs(v-first))
		}
	}
	slices.Sort(finite)
	for i := 1; i < len(finite); i++ {
		if d := finite[i] - finite[i-1]; d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return least, far
}

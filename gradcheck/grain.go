package gradcheck

import (
	"math"
	"math/rand/v2"
	"slices"
)

// A grain is what the function's values look like over distances from rounding to
// the size of the variables. A sum of saturated terms that cancel is small and
// stands still at the point, while its terms, and their rounding, are not: the
// noise that is measured at the point knows nothing of them.
type grain struct {
	noise []float64 // of each output: the noise at the point, or the least difference of two values, if larger
	span  []float64 // the farthest each output moves
	size  float64   // Σ |v_j| spanj
}

// grained returns the grain around the point, which is measured once, when the
// first coordinate disagrees with what noise alone would allow.
func (c *checker) grained() (*grain, error) {
	c.grainOnce.Do(func() { c.grain, c.grainErr = c.measureGrain() })
	return c.grain, c.grainErr
}

// measureGrain evaluates the function along three random directions, at steps
// from the variables' size down to rounding.
func (c *checker) measureGrain() (*grain, error) {
	values := make([][]float64, len(c.base))
	for j, f := range c.base {
		values[j] = []float64{f}
	}
	rng := rand.New(rand.NewPCG(c.o.seed, 2)) // of its own: checks do not depend on when it is asked
	for range 3 {
		u := c.randomDirection(rng)
		for h := 1.0; h > c.p.eps(); h /= 16 {
			for _, step := range []float64{h, -h, h / 4, -h / 4} {
				at, inside := c.offset(c.x, u, step)
				if !inside {
					continue
				}
				y, err := c.eval(at)
				if err != nil {
					return nil, err
				}
				for j, f := range y {
					values[j] = append(values[j], f)
				}
			}
		}
	}
	g := &grain{noise: slices.Clone(c.eps), span: make([]float64, len(c.base))}
	for j, v := range values {
		least, far := spacing(v)
		g.noise[j] = max(g.noise[j], min(least, 4*c.p.eps()*far))
		g.span[j] = far
		g.size += math.Abs(c.v[j]) * far
	}
	if g.size == 0 && largestOf(c.base) == 0 { // 0 all around: nothing else to measure slopes by
		for _, x := range c.x {
			g.size = max(g.size, common(scales(x)))
		}
	}
	return g, nil
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

// randomDirection draws u_i = ±U[½, 3/2]·size_i for every variable.
func (c *checker) randomDirection(rng *rand.Rand) [][]float64 {
	u := zeros(c.x)
	for b := range u {
		for i, s := range scales(c.x[b]) {
			u[b][i] = s * (0.5 + rng.Float64()) * float64(1-2*rng.IntN(2))
		}
	}
	return u
}

// settled reports whether the function's grain cannot change the verdict. A tail of
// a few roundings may look like a jump.
func (c Coord) settled() bool {
	return c.Verdict == Agree || c.Verdict == Kink && !c.Jump
}

// still returns the longest step within which the function stands still on both
// sides, 0 if it moves at the shortest.
func still(rungs []rung) float64 {
	h := 0.0
	for _, r := range slices.Backward(rungs) {
		if r.dp != 0 || r.dm != 0 || !r.both() {
			break
		}
		h = min(r.hp, r.hm)
	}
	return h
}

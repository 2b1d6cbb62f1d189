package rounding

import (
	"math"
	"sync"

	"declive/gradcheck/internal/slope"
	"declive/gradcheck/internal/subject"
)

// A Resolution is what can be told apart of a subject's slopes.
type Resolution struct {
	// Noise is the absolute error of each output around the point.
	Noise []float64

	// Floor is, for each variable, the size up to which its gradient is nothing but
	// rounding, mostly 0.
	Floor []float64

	// Gradient is the error of each element of a float32 gradient by rounding, nil
	// for a float64 one.
	Gradient [][]float64

	// Size is the magnitude of what the function is made of.
	Size float64

	s       *subject.Subject
	largest float64 // the largest number in the graph, 0 if there is none

	once     sync.Once
	grain    *Grain
	grainErr error
}

// Measure evaluates the subject, which has its gradient, at some points around its
// own.
func Measure(s *subject.Subject) (*Resolution, error) {
	r := &Resolution{s: s}
	var err error
	if r.Noise, err = r.noise(s.X); err != nil {
		return nil, err
	}
	if err = r.magnitude(); err != nil {
		return nil, err
	}
	if r.Floor, err = r.GradientFloor(s.X, s.Grad); err != nil {
		return nil, err
	}
	if s.Gradient32 {
		r.Gradient, err = r.conditioning()
	}
	return r, err
}

// Thresholds are sizes that a slope has to exceed to say something against a
// gradient.
type Thresholds struct {
	// Unseen is a slope that changes what the outputs are made of by a thousand
	// roundings: what is no larger is 0, as far as outputs can tell. A sum of a
	// thousand terms in turn is off by so many at most, and one of a million by
	// about so many, since errors of random signs add up as a root.
	Unseen float64

	// Backward is what a backward pass may leave of a gradient that is 0: 32
	// roundings of the largest number in the graph, some ten operations after
	// another with three roundings each.
	Backward float64

	// Masked is a slope that changes the outputs by a thousand roundings of how far
	// they move around the point: it may be what is left of terms that cancel. 0
	// where the function's grain was not asked.
	Masked float64

	// Hidden is the slope that outputs may have that never moved.
	Hidden float64
}

// Over returns the thresholds of a step of 1 for a variable whose size is so many
// steps of 1.
func (t Thresholds) Over(size float64) Thresholds {
	t.Unseen /= size
	t.Backward /= size
	t.Masked /= size
	return t
}

// Slope turns the outputs at a ladder's steps from base into the slope and its
// thresholds, for steps in units of the variables' size. With a grain its noise
// counts, and where the function stands still, up to more than a millionth of the
// longest step, the size of what it is made of far away: near by it shows no
// slope there, whatever it is. The variables' own rounding blurs differences by blur.
func (r *Resolution) Slope(steps, out, base []float64, ratio float64, g *Grain, blur float64) (slope.Slope, Thresholds) {
	noise, size := r.Noise, r.Size
	if g != nil {
		noise = g.noise
	}
	rungs, hidden := slope.Measure(steps, out, base, r.s.V, noise)
	slope.Blur(rungs, blur)
	t := Thresholds{Hidden: hidden}
	if g != nil {
		t.Masked = 1000 * r.s.Eps() * g.Size
		if slope.Still(rungs) > 1e-6*math.Abs(steps[0]) {
			size = max(size, g.Size)
		}
	}
	t.Unseen = 1000 * subject.Eps64 * size
	t.Backward = 32 * r.s.GradEps() * r.largest
	return slope.Extrapolate(rungs, ratio), t
}

// Blur returns how far differences along u from x are off because the variables are
// rounded: a direction, unlike a single coordinate, cannot be corrected for it.
//
//	3 |ε x∘g|₂ over the variables that move
func (r *Resolution) Blur(x, u [][]float64) float64 {
	length := 0.0
	for b := range x {
		for i := range x[b] {
			if u[b][i] != 0 {
				length = math.Hypot(length, r.s.Eps()*x[b][i]*r.s.Grad[b][i])
			}
		}
	}
	return 3 * length
}

// Along returns what a move by u adds up to if every element of variable b counts
// floor[b].
func Along(floor []float64, u [][]float64) float64 {
	s := 0.0
	for b := range u {
		for _, v := range u[b] {
			s += floor[b] * math.Abs(v)
		}
	}
	return s
}

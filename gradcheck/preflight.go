package gradcheck

import (
	"fmt"
	"math"
	"slices"

	"declive/gradcheck/internal/norm"
	"declive/gradcheck/internal/subject"
	"declive/internal/dense"
)

// A preflight looks for mistakes that no comparison of numbers sees. What it finds is
// a [subject.Fault]. On the way it gives the subject its value, its incoming gradient
// and its gradient.
type preflight struct {
	s      *subject.Subject
	linear bool // the gradient takes the incoming gradient
	note   func(format string, args ...any)
}

// run returns the other points that the gradient was called at.
func (p preflight) run() ([]nearby, error) {
	if err := p.forwardTwice(); err != nil {
		return nil, err
	}
	p.s.V = p.cotangent()
	first, kept, err := p.backwardTwice()
	if err != nil {
		return nil, err
	}
	points, err := p.elsewhere(first, kept)
	if err != nil {
		return nil, err
	}
	if err := p.scaled(first); err != nil {
		return nil, err
	}
	p.s.Grad = first
	return points, p.finite()
}

// forwardTwice evaluates F twice: the same bits, and x as it was.
func (p preflight) forwardTwice() error {
	s := p.s
	var y [2][]float64
	for k := range y {
		x := subject.Clone(s.X)
		out, err := s.Eval(x)
		if err != nil {
			return err
		}
		for b, v := range s.Vars {
			if i, same := subject.Identical(x[b], s.X[b]); !same {
				return subject.Faultf("the function changes its argument: %s", v.At(i))
			}
		}
		y[k] = slices.Clone(out)
		s.Base = y[0]
	}
	if j, same := subject.Identical(y[0], y[1]); !same {
		return subject.Faultf("the function returns %v and then %v for the same argument (output %d): it draws random numbers or keeps state", y[0][j], y[1][j], j)
	}
	for j, f := range s.Base {
		if !dense.Finite(f) {
			return subject.Faultf("the function is %v at the point to check (output %d)", f, j)
		}
	}
	if !p.linear && len(s.Base) != 1 {
		return fmt.Errorf("gradcheck: Grad needs a function of one output, this has %d; use VJP", len(s.Base))
	}
	return nil
}

// cotangent draws v: 1 for a function of one output, else ±U[½, 3/2], so that
// no two outputs can cancel.
func (p preflight) cotangent() []float64 {
	v := make([]float64, len(p.s.Base))
	for j := range v {
		v[j] = 0.5 + p.s.Rand.Float64()
		if p.s.Rand.IntN(2) == 0 {
			v[j] = -v[j]
		}
		v[j] = p.s.RoundGrad(v[j])
	}
	if len(v) == 1 {
		v[0] = 1
	}
	return v
}

// fewRoundings is how many roundings a gradient may differ by from call to call, if it
// adds in another order each time: n errors of random signs add up to √n, and here
// four thousand may.
const fewRoundings = 64

// backwardTwice calls the gradient twice at the point. It returns a copy of the
// first result and the first result itself.
func (p preflight) backwardTwice() (first, kept [][]float64, err error) {
	kept, err = p.s.Backward(p.s.X, p.s.V)
	if err != nil {
		return nil, nil, err
	}
	first = subject.Clone(kept)
	second, err := p.s.Backward(p.s.X, p.s.V)
	if err != nil {
		return nil, nil, err
	}
	d := p.compare(first, second, 1)
	if d.worst > fewRoundings {
		return nil, nil, subject.Fault(d.explain())
	}
	if d.worst > 0 {
		p.note("the gradient of %s differs by rounding from one call to the next", d.name)
	}
	return first, kept, nil
}

// elsewhere calls the gradient at another point and then at the first again:
// the slices of the first call must not change, and the gradient must not
// remember. It returns the other point, if the gradient is defined there.
func (p preflight) elsewhere(first, kept [][]float64) ([]nearby, error) {
	x := p.s.Perturbed(1e-3)
	other, err := p.s.Backward(x, p.s.V)
	if err != nil { // outside the domain
		return nil, p.s.Ended()
	}
	points := []nearby{{x: x, grad: subject.Clone(other)}}
	for b, v := range p.s.Vars {
		if i, same := subject.Identical(kept[b], first[b]); !same {
			return nil, subject.Faultf("the next call overwrites the gradient of %s that this call returned: return a copy", v.At(i))
		}
	}
	again, err := p.s.Backward(p.s.X, p.s.V)
	if err != nil {
		return nil, err
	}
	if d := p.compare(first, again, 1); d.worst > fewRoundings {
		return nil, subject.Faultf("the gradient of %s%s is %.9g, but %.9g after a call at another point: it remembers the call before (stale cache)", d.name, d.at, d.a, d.b)
	}
	return points, nil
}

// scaled checks B(−1024 v) = −1024 B(v), which is exact in binary and shows
// clipping and lost signs too, and B(0) = 0. Where a gradient so much larger
// would overflow, or nearly, −1024 is −1/1024.
func (p preflight) scaled(first [][]float64) error {
	if !p.linear {
		return nil
	}
	scale := -1024.0
	if _, most := p.s.GradRange(); norm.Max(slices.Concat(first...)) > most/0x1p20 {
		scale = -1.0 / 1024
	}
	for _, factor := range []float64{scale, 0} {
		v := make([]float64, len(p.s.V))
		for j := range v {
			v[j] = factor * p.s.V[j]
		}
		g, err := p.s.Backward(p.s.X, v)
		if err != nil {
			return err
		}
		if d := p.compare(first, g, factor); d.worst > fewRoundings {
			return subject.Faultf("the gradient of %s%s is %.9g for an incoming gradient scaled by %v, want %.9g: the incoming gradient is ignored or not used linearly", d.name, d.at, d.b, factor, d.a)
		}
	}
	return nil
}

// finite looks for NaN and infinities in the gradient.
func (p preflight) finite() error {
	for b, v := range p.s.Vars {
		bad, at, g := 0, -1, p.s.Grad[b]
		for i := range g {
			if !dense.Finite(g[i]) {
				if bad == 0 {
					at = i
				}
				bad++
			}
		}
		if bad > 0 {
			return subject.Faultf("the gradient of %s is %v where the variable is %v and the function is finite; %d of %d elements are not finite",
				v.At(at), g[at], p.s.X[b][at], bad, len(g))
		}
	}
	return nil
}

// A drift is how a second gradient differs from the first.
type drift struct {
	name, at string
	a, b     float64
	worst    float64 // in units of rounding
	doubled  bool    // every element twice the first
}

// compare measures how b differs from factor·a, in units of the rounding error of
// each variable's largest gradient. The unit is at least the smallest normal
// number, and that of a itself where the factor is 0: sums that are made in
// another order at each call leave a last bit also where they should cancel.
func (p preflight) compare(a, b [][]float64, factor float64) drift {
	d := drift{doubled: true}
	least, _ := p.s.GradRange()
	for k, v := range p.s.Vars {
		size := norm.Max(a[k])
		if factor != 0 {
			size *= math.Abs(factor)
		}
		unit := max(p.s.GradEps()*size, least)
		for i := range a[k] {
			d.add(v, i, factor*a[k][i], b[k][i], unit)
		}
	}
	return d
}

// add takes element i of a variable in, which is got and should be want.
func (d *drift) add(v subject.Var, i int, want, got, unit float64) {
	diff := math.Abs(got - want)
	if diff == 0 || math.IsNaN(want) && math.IsNaN(got) {
		d.doubled = d.doubled && want == 0
		return
	}
	d.doubled = d.doubled && math.Abs(got-2*want) <= fewRoundings*unit
	worst := diff / unit
	if math.IsNaN(worst) {
		worst = math.Inf(1)
	}
	if worst > d.worst {
		d.worst, d.name, d.at, d.a, d.b = worst, v.Name, v.Index(i), want, got
	}
}

func (d drift) explain() string {
	s := fmt.Sprintf("the gradient of %s%s is %.9g and, called again, %.9g: ", d.name, d.at, d.a, d.b)
	if d.doubled {
		return s + "it adds to the result of the call before; zero it first"
	}
	return s + "it accumulates over calls, or draws new random numbers"
}

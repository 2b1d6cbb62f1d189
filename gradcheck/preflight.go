package gradcheck

import (
	"fmt"
	"math"
	"slices"
)

// preflight looks for mistakes that no comparison of numbers sees. It returns
// false if it found one, which is then in the report.
func (c *checker) preflight() (bool, error) {
	if ok, err := c.forwardTwice(); !ok {
		return false, err
	}
	c.v = c.cotangent()
	first, kept, ok, err := c.backwardTwice()
	if !ok {
		return false, err
	}
	if ok, err := c.elsewhere(first, kept); !ok {
		return false, err
	}
	if ok, err := c.linear(first); !ok {
		return false, err
	}
	c.grad = first
	return c.finite(), nil
}

// fault records a mistake of protocol and returns false.
func (c *checker) fault(format string, args ...any) bool {
	c.report.Faults = append(c.report.Faults, fmt.Sprintf(format, args...))
	c.report.Evals = int(c.evals.Load())
	return false
}

func (c *checker) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

// forwardTwice evaluates F twice: the same bits, and x as it was.
func (c *checker) forwardTwice() (bool, error) {
	var y [2][]float64
	for k := range y {
		x := clone(c.x)
		out, err := c.eval(x)
		if err != nil {
			return false, err
		}
		if name, at, changed := c.changed(x); changed {
			return c.fault("the function changes its argument: %s%s", name, at), nil
		}
		y[k] = append([]float64(nil), out...)
		c.base = y[0]
	}
	if j, same := identical(y[0], y[1]); !same {
		return c.fault("the function returns %v and then %v for the same argument (output %d): it draws random numbers or keeps state", y[0][j], y[1][j], j), nil
	}
	for j, f := range c.base {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return c.fault("the function is %v at the point to check (output %d)", f, j), nil
		}
	}
	if c.p.Grad != nil && len(c.base) != 1 {
		return false, fmt.Errorf("gradcheck: Grad needs a function of one output, this has %d; use VJP", len(c.base))
	}
	return true, nil
}

// changed compares x with the point and names the first element that differs.
func (c *checker) changed(x [][]float64) (name, at string, changed bool) {
	for b, v := range c.p.Vars {
		if i, same := identical(x[b], c.x[b]); !same {
			return v.Name, index(v.Shape, i), true
		}
	}
	return "", "", false
}

// identical reports whether a and b hold the same bits, and where they first
// do not. NaN is identical to NaN.
func identical(a, b []float64) (int, bool) {
	for i := range a {
		if a[i] != b[i] && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
			return i, false
		}
	}
	return 0, true
}

// cotangent draws v: 1 for a function of one output, else ±U[½, 3/2], so that
// no two outputs can cancel.
func (c *checker) cotangent() []float64 {
	v := make([]float64, len(c.base))
	for j := range v {
		v[j] = 0.5 + c.rng.Float64()
		if c.rng.IntN(2) == 0 {
			v[j] = -v[j]
		}
		if c.p.GradFloat32 || c.p.Float32 {
			v[j] = float64(float32(v[j]))
		}
	}
	if len(v) == 1 {
		v[0] = 1
	}
	return v
}

// backward calls the gradient and looks at the form of what it returns.
func (c *checker) backward(at [][]float64, v []float64) ([][]float64, bool, error) {
	if err := c.ctx.Err(); err != nil {
		return nil, false, fmt.Errorf("gradcheck: %w", err)
	}
	x, w := clone(at), append([]float64(nil), v...)
	g, err := c.p.backward(x, w)
	if err != nil {
		return nil, false, fmt.Errorf("gradcheck: evaluating the gradient: %w", err)
	}
	if len(g) != len(c.p.Vars) {
		return nil, c.fault("the gradient has %d parts for %d variables", len(g), len(c.p.Vars)), nil
	}
	for b, vr := range c.p.Vars {
		switch {
		case g[b] == nil && len(at[b]) > 0:
			return nil, c.fault("the gradient of %s is nil: it was never computed", vr.Name), nil
		case len(g[b]) != len(at[b]):
			return nil, c.fault("the gradient of %s has %d elements, the variable %v has %d", vr.Name, len(g[b]), vr.Shape, len(at[b])), nil
		}
		if i, same := identical(x[b], at[b]); !same {
			return nil, c.fault("the gradient changes its argument: %s%s", vr.Name, index(vr.Shape, i)), nil
		}
	}
	if j, same := identical(w, v); !same {
		return nil, c.fault("the gradient changes the incoming gradient (output %d)", j), nil
	}
	return g, true, nil
}

// backwardTwice calls the gradient twice at the point. It returns a copy of the
// first result and the first result itself.
func (c *checker) backwardTwice() (first, kept [][]float64, ok bool, err error) {
	kept, ok, err = c.backward(c.x, c.v)
	if !ok {
		return nil, nil, false, err
	}
	first = clone(kept)
	second, ok, err := c.backward(c.x, c.v)
	if !ok {
		return nil, nil, false, err
	}
	d := c.compare(first, second, 1)
	if d.worst > 64 {
		return nil, nil, c.fault("%s", d.explain()), nil
	}
	if d.worst > 0 {
		c.note("the gradient of %s differs by rounding from one call to the next", d.name)
	}
	return first, kept, true, nil
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
func (c *checker) compare(a, b [][]float64, factor float64) drift {
	d := drift{doubled: true}
	least, _ := c.p.gradRange()
	for k, v := range c.p.Vars {
		size := largestOf(a[k])
		if factor != 0 {
			size *= math.Abs(factor)
		}
		unit := max(c.p.gradEps()*size, least)
		for i := range a[k] {
			want := factor * a[k][i]
			diff := math.Abs(b[k][i] - want)
			if diff == 0 || math.IsNaN(want) && math.IsNaN(b[k][i]) {
				d.doubled = d.doubled && want == 0
				continue
			}
			d.doubled = d.doubled && math.Abs(b[k][i]-2*want) <= 64*unit
			if u := diff / unit; u > d.worst || math.IsNaN(u) {
				d.worst = u
				d.name, d.at, d.a, d.b = v.Name, index(v.Shape, i), want, b[k][i]
				if math.IsNaN(u) {
					d.worst = math.Inf(1)
				}
			}
		}
	}
	return d
}

func (d drift) explain() string {
	s := fmt.Sprintf("the gradient of %s%s is %.9g and, called again, %.9g: ", d.name, d.at, d.a, d.b)
	if d.doubled {
		return s + "it adds to the result of the call before; zero it first"
	}
	return s + "it accumulates over calls, or draws new random numbers"
}

// elsewhere calls the gradient at another point and then at the first again:
// the slices of the first call must not change, and the gradient must not
// remember.
func (c *checker) elsewhere(first, kept [][]float64) (bool, error) {
	x := c.perturbed(1e-3)
	quiet := *c.report
	other, ok, err := c.backward(x, c.v)
	if !ok || err != nil { // outside the domain
		*c.report = quiet
		return true, nil
	}
	c.nearby = append(c.nearby, nearby{x: x, grad: clone(other)})
	for b, v := range c.p.Vars {
		if i, same := identical(kept[b], first[b]); !same {
			return c.fault("the next call overwrites the gradient of %s%s that this call returned: return a copy", v.Name, index(v.Shape, i)), nil
		}
	}
	again, ok, err := c.backward(c.x, c.v)
	if !ok {
		return false, err
	}
	if d := c.compare(first, again, 1); d.worst > 64 {
		return c.fault("the gradient of %s%s is %.9g, but %.9g after a call at another point: it remembers the call before (stale cache)", d.name, d.at, d.a, d.b), nil
	}
	return true, nil
}

// linear checks B(−1024 v) = −1024 B(v), which is exact in binary and shows
// clipping and lost signs too, and B(0) = 0. Where a gradient so much larger
// would overflow, or nearly, −1024 is −1/1024.
func (c *checker) linear(first [][]float64) (bool, error) {
	if c.p.VJP == nil {
		return true, nil
	}
	scaled := -1024.0
	if _, most := c.p.gradRange(); largestOf(slices.Concat(first...)) > most/0x1p20 {
		scaled = -1.0 / 1024
	}
	for _, factor := range []float64{scaled, 0} {
		v := make([]float64, len(c.v))
		for j := range v {
			v[j] = factor * c.v[j]
		}
		g, ok, err := c.backward(c.x, v)
		if !ok {
			return false, err
		}
		if d := c.compare(first, g, factor); d.worst > 64 {
			return c.fault("the gradient of %s%s is %.9g for an incoming gradient scaled by %v, want %.9g: the incoming gradient is ignored or not used linearly", d.name, d.at, d.b, factor, d.a), nil
		}
	}
	return true, nil
}

// finite looks for NaN and infinities in the gradient.
func (c *checker) finite() bool {
	for b, v := range c.p.Vars {
		bad, at := 0, -1
		for i, g := range c.grad[b] {
			if math.IsNaN(g) || math.IsInf(g, 0) {
				if bad == 0 {
					at = i
				}
				bad++
			}
		}
		if bad > 0 {
			return c.fault("the gradient of %s%s is %v where the variable is %v and the function is finite; %d of %d elements are not finite",
				v.Name, index(v.Shape, at), c.grad[b][at], c.x[b][at], bad, len(c.grad[b]))
		}
	}
	return true
}

package cause

import (
	"fmt"
	"math"

	"declive/gradcheck/internal/norm"
)

// factor: the gradient is a multiple of the right one.
func (e *evidence) factor() string {
	r, ok := norm.Ratio(e.a, e.n)
	if !ok || math.Abs(r-1) <= 10*e.Rel || e.rest(r) > 0.1*math.Abs(r-1) {
		return ""
	}
	return fmt.Sprintf("analytic = %.6g x numeric on every coordinate: %s", r, Factor(r, e.Lengths))
}

// power: a = c n |x|^p on every coordinate, as where a power was not lowered or
// the inner derivative was forgotten.
func (e *evidence) power() string {
	if len(e.a) < 4 {
		return ""
	}
	for _, p := range []float64{-3, -2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2, 3} {
		a, n := make([]float64, len(e.a)), make([]float64, len(e.a))
		for i, x := range e.x {
			a[i], n[i] = math.Abs(e.a[i]), math.Abs(e.n[i])*math.Pow(math.Abs(x), p)
		}
		if c, ok := norm.Ratio(a, n); ok {
			return fmt.Sprintf("|analytic| = %.6g·|x|^%v x |numeric| on every coordinate: a power is wrong, or a factor of the chain rule", c, p)
		}
	}
	return ""
}

// partFactor: a = r n + μ x, so that a term proportional to x, which is
// regularisation, is right or wrong by itself and the rest has the factor r.
func (e *evidence) partFactor() string {
	a, sa := norm.Unit(e.a)
	n, sn := norm.Unit(e.n)
	x, sx := norm.Unit(e.x)
	nn, xx, nx := norm.Dot(n, n), norm.Dot(x, x), norm.Dot(n, x)
	det := nn*xx - nx*nx
	if len(e.a) < 4 || det <= 1e-6*nn*xx {
		return ""
	}
	an, ax := norm.Dot(a, n), norm.Dot(a, x)
	r, mu := (an*xx-ax*nx)/det, (ax*nn-an*nx)/det
	rest := 0.0
	for i := range a {
		d := a[i] - r*n[i] - mu*x[i]
		rest += d * d
	}
	r, mu = r*(sa/sn), mu*(sa/sx)
	if rest > 1e-8*norm.Dot(a, a) || math.Abs(r-1) <= 1e-3 {
		return ""
	}
	return fmt.Sprintf("analytic = %.6g x numeric %+.6g·x: beside a term in x, such as regularisation, %s", r, mu, Factor(r, e.Lengths))
}

// Factor says where a wrong factor r may come from: a sign, a 2, or lengths that are
// summed or averaged over.
func Factor(r float64, lengths []int) string {
	near := func(v float64) bool { return math.Abs(r-v) <= 1e-3*math.Abs(v) }
	switch {
	case near(-1):
		return "the sign is wrong"
	case near(2):
		return "a factor 2 too much: accumulated twice, or a missing ½"
	case near(0.5):
		return "a factor 2 or one of two accumulations is missing"
	}
	abs := math.Abs(r)
	for _, d := range products(lengths) {
		size := float64(d.value)
		switch {
		case d.value < 2:
		case math.Abs(abs-size) <= 1e-3*size:
			return fmt.Sprintf("%s too large, the length %s: a sum where a mean is meant, or added once too often for each%s", d.text, d.name, signed(r))
		case math.Abs(abs*size-1) <= 1e-3:
			return fmt.Sprintf("%s too small, the length %s: a mean where a sum is meant, or divided twice%s", d.text, d.name, signed(r))
		case math.Abs(abs-math.Sqrt(size)) <= 1e-3*abs || math.Abs(abs*math.Sqrt(size)-1) <= 1e-3:
			return fmt.Sprintf("the square root of the length %s: a scale is missing or used twice%s", d.name, signed(r))
		}
	}
	for _, f := range []struct {
		v    float64
		text string
	}{{abs, "times too large: added once for each of %[1]v, or not divided by %[1]v"}, {1 / abs, "times too small: divided by %[1]v once too often"}} {
		if n := math.Round(f.v); n >= 2 && n <= 1e6 && math.Abs(f.v-n) <= 1e-6*n {
			return fmt.Sprintf("%[1]v "+f.text, n) + signed(r)
		}
	}
	return "a constant factor is wrong" + signed(r)
}

func signed(r float64) string {
	if r < 0 {
		return "; the sign is wrong too"
	}
	return ""
}

type product struct {
	value int
	name  string
	text  string
}

// products returns lengths and products of two.
func products(lengths []int) []product {
	var out []product
	seen := map[int]bool{}
	add := func(v int, name string) {
		if !seen[v] {
			seen[v] = true
			out = append(out, product{v, name, fmt.Sprintf("%d times", v)})
		}
	}
	for _, d := range lengths {
		add(d, fmt.Sprint(d))
	}
	for _, d := range lengths {
		for _, f := range lengths {
			add(d*f, fmt.Sprintf("%d·%d", d, f))
		}
	}
	return out
}

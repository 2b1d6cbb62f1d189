package trial

import (
	"math"
	"math/rand/v2"

	"declive/gradcheck"
)

// A Rival is another checker's rule, applied to the same problem. It returns
// whether the rule accepts the gradient.
type Rival struct {
	Name   string
	Accept func(p gradcheck.Problem) bool
}

// Rivals returns the rules of torch.autograd.gradcheck (eps 1e-6, atol 1e-5, rtol
// 1e-3, every entry of the Jacobian, and the gradient computed twice must be the
// same), of jax.test_util.check_grads in reverse mode (eps 1e-4, one random
// tangent and cotangent, tolerances 1e-5 in float64), and of the CS231n notes
// (h = 1e-5, relative error at most 1e-4, or at most 1e-7 for functions without
// kinks), each as documented.
func Rivals() []Rival {
	return []Rival{
		{"torch", torch},
		{"JAX", jax},
		{"CS231n 1e-4", func(p gradcheck.Problem) bool { return cs231n(p, 1e-4) }},
		{"CS231n 1e-7", func(p gradcheck.Problem) bool { return cs231n(p, 1e-7) }},
	}
}

// point returns copies of the variables.
func point(p gradcheck.Problem) [][]float64 {
	x := make([][]float64, len(p.Vars))
	for i, v := range p.Vars {
		x[i] = append([]float64(nil), v.Value...)
	}
	return x
}

// gradient returns Σ_j v_j ∂F_j/∂x at a copy of x; nil where it has another form.
func gradient(p gradcheck.Problem, x [][]float64, v []float64) [][]float64 {
	at := make([][]float64, len(x))
	for i := range x {
		at[i] = append([]float64(nil), x[i]...)
	}
	var g [][]float64
	var err error
	if p.Grad != nil {
		g, err = p.Grad(at)
	} else {
		g, err = p.VJP(at, append([]float64(nil), v...))
	}
	if err != nil || len(g) != len(x) {
		return nil
	}
	for i := range g {
		if len(g[i]) != len(x[i]) {
			return nil
		}
	}
	return g
}

func value(p gradcheck.Problem, x [][]float64) []float64 {
	y, err := p.F(x)
	if err != nil {
		return nil
	}
	return append([]float64(nil), y...)
}

// central returns (F(x + h e) − F(x − h e))/2h.
func central(p gradcheck.Problem, x [][]float64, b, i int, h float64) []float64 {
	old := x[b][i]
	x[b][i] = old + h
	up := value(p, x)
	x[b][i] = old - h
	down := value(p, x)
	x[b][i] = old
	for j := range up {
		up[j] = (up[j] - down[j]) / (2 * h)
	}
	return up
}

func torch(p gradcheck.Problem) bool {
	x := point(p)
	n := len(value(p, x))
	for j := range n {
		v := make([]float64, n)
		v[j] = 1
		g, again := gradient(p, x, v), gradient(p, x, v)
		if g == nil || again == nil {
			return false
		}
		for b := range x {
			for i := range x[b] {
				d := central(p, x, b, i, 1e-6)[j]
				if g[b][i] != again[b][i] || !(math.Abs(g[b][i]-d) <= 1e-5+1e-3*math.Abs(d)) {
					return false
				}
			}
		}
	}
	return true
}

func jax(p gradcheck.Problem) bool {
	rng := rand.New(rand.NewPCG(3, 1))
	x := point(p)
	u := point(p)
	for b := range u {
		for i := range u[b] {
			u[b][i] = rng.NormFloat64()
		}
	}
	v := make([]float64, len(value(p, x)))
	for j := range v {
		v[j] = rng.NormFloat64()
	}
	if p.Grad != nil {
		v[0] = 1
	}
	g := gradient(p, x, v)
	if g == nil {
		return false
	}
	up, down := point(p), point(p)
	analytic, numeric := 0.0, 0.0
	for b := range x {
		for i := range x[b] {
			up[b][i] += 5e-5 * u[b][i]
			down[b][i] -= 5e-5 * u[b][i]
			analytic += g[b][i] * u[b][i]
		}
	}
	yu, yd := value(p, up), value(p, down)
	for j := range v {
		numeric += v[j] * (yu[j] - yd[j]) / 1e-4
	}
	return math.Abs(analytic-numeric) <= 1e-5+1e-5*math.Abs(numeric)
}

func cs231n(p gradcheck.Problem, tol float64) bool {
	x := point(p)
	v := make([]float64, len(value(p, x)))
	for j := range v {
		v[j] = 1
	}
	g := gradient(p, x, v)
	if g == nil {
		return false
	}
	for b := range x {
		for i := range x[b] {
			d := 0.0
			for _, dj := range central(p, x, b, i, 1e-5) {
				d += dj
			}
			a := g[b][i]
			if a != d && !(math.Abs(a-d) <= tol*max(math.Abs(a), math.Abs(d))) {
				return false
			}
		}
	}
	return true
}

package trial

import (
	"math"

	"declive/gradcheck"
)

// recurrent is h_t = tanh(U x_t + V h_{t−1}) over four steps.
func recurrent(bug string) gradcheck.Problem {
	const steps, in, d = 4, 2, 3
	xs := numbers(steps*in, 21)
	run := func(w [][]float64) [][]float64 {
		hs := [][]float64{make([]float64, d)}
		for t := range steps {
			h := make([]float64, d)
			for i := range d {
				s := 0.0
				for j := range in {
					s += w[0][i*in+j] * xs[t*in+j]
				}
				for j := range d {
					s += w[1][i*d+j] * hs[t][j]
				}
				h[i] = math.Tanh(s)
			}
			hs = append(hs, h)
		}
		return hs
	}
	f := func(w [][]float64) float64 { s, _ := weigh(run(w)[steps]); return s }
	g := func(w [][]float64) [][]float64 {
		out := blank(w)
		hs := run(w)
		_, dh := weigh(hs[steps])
		for t := steps - 1; t >= 0; t-- {
			dz, back := make([]float64, d), make([]float64, d)
			for i := range d {
				dz[i] = dh[i] * (1 - hs[t+1][i]*hs[t+1][i])
				for j := range in {
					out[0][i*in+j] += dz[i] * xs[t*in+j]
				}
				for j := range d {
					h := hs[t][j]
					if bug == "state after instead of before" {
						h = hs[t+1][j]
					}
					out[1][i*d+j] += dz[i] * h
				}
			}
			for i := range d {
				for j := range d {
					if bug == "V not transposed" {
						back[i] += dz[j] * w[1][i*d+j]
					} else {
						back[j] += dz[i] * w[1][i*d+j]
					}
				}
			}
			dh = back
			if bug == "only the last step" {
				break
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("U", 1, 22, d, in), variable("V", 1, 23, d, d)}, f, g)
}

// attention is softmax(Q Kᵀ/√d) V with 4 queries and 5 keys.
func attention(bug string) gradcheck.Problem {
	const nq, nk, d, dv = 4, 5, 3, 2
	run := func(x [][]float64) (p, y []float64) {
		p, y = make([]float64, nq*nk), make([]float64, nq*dv)
		for i := range nq {
			sum := 0.0
			for j := range nk {
				s := 0.0
				for c := range d {
					s += x[0][i*d+c] * x[1][j*d+c]
				}
				p[i*nk+j] = math.Exp(s / math.Sqrt(d))
				sum += p[i*nk+j]
			}
			for j := range nk {
				p[i*nk+j] /= sum
				for c := range dv {
					y[i*dv+c] += p[i*nk+j] * x[2][j*dv+c]
				}
			}
		}
		return p, y
	}
	f := func(x [][]float64) float64 { _, y := run(x); s, _ := weigh(y); return s }
	g := func(x [][]float64) [][]float64 {
		out := blank(x)
		p, y := run(x)
		_, dy := weigh(y)
		scale := 1 / math.Sqrt(d)
		if bug == "scale forgotten" {
			scale = 1
		}
		for i := range nq {
			dp, mean := make([]float64, nk), 0.0
			for j := range nk {
				for c := range dv {
					dp[j] += dy[i*dv+c] * x[2][j*dv+c]
					out[2][j*dv+c] += p[i*nk+j] * dy[i*dv+c]
				}
				mean += dp[j] * p[i*nk+j]
			}
			if bug == "only the diagonal of the softmax" {
				mean = 0
			}
			for j := range nk {
				ds := p[i*nk+j] * (dp[j] - mean) * scale
				if bug == "only the diagonal of the softmax" {
					ds = p[i*nk+j] * (1 - p[i*nk+j]) * dp[j] * scale
				}
				for c := range d {
					out[0][i*d+c] += ds * x[1][j*d+c]
					if bug == "keys for queries" {
						out[1][j*d+c] += ds * x[1][j*d+c]
					} else {
						out[1][j*d+c] += ds * x[0][i*d+c]
					}
				}
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("Q", 1, 24, nq, d), variable("K", 1, 25, nk, d), variable("V", 1, 26, nk, dv)}, f, g)
}

// quadratic is xᵀ A x with A not symmetric; its variables are x and A.
func quadratic(bug string) gradcheck.Problem {
	const n = 4
	f := func(v [][]float64) float64 {
		s := 0.0
		for i := range n {
			for j := range n {
				s += v[0][i] * v[1][i*n+j] * v[0][j]
			}
		}
		return s
	}
	g := func(v [][]float64) [][]float64 {
		out := blank(v)
		for i := range n {
			for j := range n {
				a, at := v[1][i*n+j], v[1][j*n+i]
				if bug == "2Ax" {
					at = a
				}
				out[0][i] += (a + at) * v[0][j]
				out[1][i*n+j] = v[0][i] * v[0][j]
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("x", 1, 27, n), variable("A", 1, 28, n, n)}, f, g)
}

// bilinear is xᵀ A y with A 4×3; "transposed" hands Aᵀ's gradient out as A's.
func bilinear(bug string) gradcheck.Problem {
	const n, m = 4, 3
	y := numbers(m, 30)
	f := func(v [][]float64) float64 {
		s := 0.0
		for i := range n {
			for j := range m {
				s += v[0][i] * math.Sin(v[1][i*m+j]) * y[j]
			}
		}
		return s
	}
	g := func(v [][]float64) [][]float64 {
		out := blank(v)
		for i := range n {
			for j := range m {
				out[0][i] += math.Sin(v[1][i*m+j]) * y[j]
				at := i*m + j
				if bug == "transposed" {
					at = j*n + i
				}
				out[1][at] = v[0][i] * math.Cos(v[1][i*m+j]) * y[j]
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("x", 1, 31, n), variable("A", 1, 32, n, m)}, f, g)
}

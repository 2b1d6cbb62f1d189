package trial

import (
	"math"

	"declive/gradcheck"
)

// weigh returns Σ c_i y_i with weights that are all different, so that every
// element of y counts.
func weigh(y []float64) (float64, []float64) {
	c := numbers(len(y), 99)
	s := 0.0
	for i := range y {
		s += c[i] * y[i]
	}
	return s, c
}

// convolution is a 3×2 kernel moved over a 6×7 image with one ring of zeros
// around, plus a bias.
func convolution(bug string) gradcheck.Problem {
	const h, w, kh, kw = 6, 7, 3, 2
	const oh, ow = h + 2 - kh + 1, w + 2 - kw + 1
	at := func(i, j, a, b int) (int, bool) {
		r, c := i+a-1, j+b-1
		return r*w + c, r >= 0 && r < h && c >= 0 && c < w
	}
	f := func(x [][]float64) float64 {
		y := make([]float64, oh*ow)
		for o := range y {
			y[o] = x[2][0]
			for a := range kh {
				for b := range kw {
					if p, ok := at(o/ow, o%ow, a, b); ok {
						y[o] += x[1][a*kw+b] * x[0][p]
					}
				}
			}
		}
		s, _ := weigh(y)
		return s
	}
	g := func(x [][]float64) [][]float64 {
		out := blank(x)
		_, dy := weigh(make([]float64, oh*ow))
		for o, d := range dy {
			if bug == "last row of outputs left out" && o/ow == oh-1 {
				continue
			}
			for a := range kh {
				for b := range kw {
					p, ok := at(o/ow, o%ow, a, b)
					if !ok || bug == "border left out" && (o/ow == 0 || o/ow == oh-1 || o%ow == 0 || o%ow == ow-1) {
						continue
					}
					k := a*kw + b
					if bug == "kernel not flipped" {
						k = kh*kw - 1 - k
					}
					out[0][p] += d * x[1][k]
					q := a*kw + b
					if bug == "kernel gradient reversed" {
						q = kh*kw - 1 - q
					}
					out[1][q] += d * x[0][p]
				}
			}
			if bug == "bias mean" {
				d /= oh * ow
			}
			out[2][0] += d
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("image", 1, 1, h, w), variable("kernel", 1, 2, kh, kw), variable("bias", 1, 3, 1)}, f, g)
}

// pooling reduces 2×3 windows of a 4×6 image by mean or maximum.
func pooling(bug string, mean bool) gradcheck.Problem {
	const h, w, ph, pw = 4, 6, 2, 3
	const ow = w / pw
	window := func(o int) []int {
		var out []int
		for k := range ph * pw {
			out = append(out, (o/ow*ph+k/pw)*w+o%ow*pw+k%pw)
		}
		return out
	}
	pool := func(x []float64) (y []float64, best []int) {
		for o := range h / ph * ow {
			s, top := 0.0, window(o)[0]
			for _, i := range window(o) {
				s += x[i] / (ph * pw)
				if x[i] > x[top] {
					top = i
				}
			}
			if !mean {
				s = x[top]
			}
			y, best = append(y, s), append(best, top)
		}
		return y, best
	}
	f := func(x [][]float64) float64 { y, _ := pool(x[0]); s, _ := weigh(y); return s }
	g := func(x [][]float64) [][]float64 {
		out := blank(x)
		y, best := pool(x[0])
		_, dy := weigh(y)
		for o, d := range dy {
			switch {
			case bug == "divided by the width only":
				for _, i := range window(o) {
					out[0][i] += d / pw
				}
			case mean:
				for _, i := range window(o) {
					out[0][i] += d / (ph * pw)
				}
			case bug == "to the whole window":
				for _, i := range window(o) {
					out[0][i] += d
				}
			case bug == "one too far":
				out[0][(best[o]+1)%len(out[0])] += d
			case bug == "to the first":
				out[0][window(o)[0]] += d
			default:
				out[0][best[o]] += d
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("image", 1, 4, h, w)}, f, g)
}

// normalisation is layer normalisation of 3 rows of 5, with gain and shift:
//
//	y = gain·(x − m)/√(v + ε) + shift
func normalisation(bug string) gradcheck.Problem {
	const n, d, eps = 3, 5, 0.1
	row := func(x []float64) (hat []float64, sd float64) {
		m, v := 0.0, 0.0
		for _, a := range x {
			m += a / d
		}
		for _, a := range x {
			v += (a - m) * (a - m) / d
		}
		sd = math.Sqrt(v + eps)
		for _, a := range x {
			hat = append(hat, (a-m)/sd)
		}
		return hat, sd
	}
	f := func(x [][]float64) float64 {
		var y []float64
		for i := range n {
			hat, _ := row(x[0][i*d : i*d+d])
			for j, a := range hat {
				y = append(y, x[1][j]*a+x[2][j])
			}
		}
		s, _ := weigh(y)
		return s
	}
	g := func(x [][]float64) [][]float64 {
		out := blank(x)
		_, dy := weigh(make([]float64, n*d))
		for i := range n {
			hat, sd := row(x[0][i*d : i*d+d])
			m, v := 0.0, 0.0
			for j := range d {
				k := dy[i*d+j] * x[1][j]
				m += k / d
				v += k * hat[j] / d
			}
			if bug == "mean term missing" {
				m = 0
			}
			if bug == "variance term missing" {
				v = 0
			}
			if bug == "ε outside the root" {
				sd = sd - math.Sqrt(eps)/2
			}
			for j := range d {
				k := dy[i*d+j]
				out[0][i*d+j] = (k*x[1][j] - m - hat[j]*v) / sd
				if bug == "gain forgotten" {
					out[0][i*d+j] = (k - m - hat[j]*v) / sd
				}
				if bug == "gain of the input" {
					out[1][j] += k * x[0][i*d+j]
				} else {
					out[1][j] += k * hat[j]
				}
				out[2][j] += k
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("x", 1, 5, n, d), variable("gain", 1, 6, d), variable("shift", 1, 7, d)}, f, g)
}

// embedding looks rows of a table up, some of them more than once.
func embedding(bug string) gradcheck.Problem {
	const rows, d = 5, 3
	at := []int{1, 3, 1, 4, 3, 1}
	f := func(x [][]float64) float64 {
		var y []float64
		for _, r := range at {
			y = append(y, x[0][r*d:r*d+d]...)
		}
		s, _ := weigh(y)
		return s
	}
	g := func(x [][]float64) [][]float64 {
		out := blank(x)
		_, dy := weigh(make([]float64, len(at)*d))
		for i, r := range at {
			if bug == "index off by one" {
				r = (r + 1) % rows
			}
			for j := range d {
				if bug == "last one wins" {
					out[0][r*d+j] = dy[i*d+j]
				} else {
					out[0][r*d+j] += dy[i*d+j]
				}
			}
		}
		return out
	}
	return matrices([]gradcheck.Var{variable("table", 1, 8, rows, d)}, f, g)
}

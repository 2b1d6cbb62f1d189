package trial

import (
	"math"

	"declive/gradcheck"
)

// A perceptron is a network with one hidden layer of tanh, softmax cross entropy,
// mean over the batch, and L2 regularisation λ Σ W² of both matrices. bug
// selects the mistake in its gradient.
type perceptron struct {
	bug        string
	x          []float64 // (batch, in)
	y          []int
	kept       [][]float64 // what a stale cache keeps
	buffer     [][]float64 // what an aliased result shares
	calls      int
	n, d, h, k int
}

const lambda = 0.01

func newPerceptron(bug string) *perceptron {
	return &perceptron{bug: bug, n: 6, d: 4, h: 5, k: 3, x: numbers(24, 1), y: []int{0, 2, 1, 1, 0, 2}}
}

func (p *perceptron) problem() gradcheck.Problem {
	vars := []gradcheck.Var{
		variable("W1", 0.8, 11, p.h, p.d), variable("b1", 0.3, 12, p.h),
		variable("W2", 0.8, 13, p.k, p.h), variable("b2", 0.3, 14, p.k),
	}
	return matrices(vars, p.loss, p.gradient)
}

// forward returns hidden sums, activations and probabilities of every example.
func (p *perceptron) forward(w [][]float64) (z, a, prob []float64) {
	z, a, prob = make([]float64, p.n*p.h), make([]float64, p.n*p.h), make([]float64, p.n*p.k)
	for i := range p.n {
		for j := range p.h {
			s := w[1][j]
			for c := range p.d {
				s += w[0][j*p.d+c] * p.x[i*p.d+c]
			}
			z[i*p.h+j], a[i*p.h+j] = s, math.Tanh(s)
		}
		sum := 0.0
		for c := range p.k {
			s := w[3][c]
			for j := range p.h {
				s += w[2][c*p.h+j] * a[i*p.h+j]
			}
			prob[i*p.k+c] = math.Exp(s)
			sum += math.Exp(s)
		}
		for c := range p.k {
			prob[i*p.k+c] /= sum
		}
	}
	return z, a, prob
}

func (p *perceptron) loss(w [][]float64) float64 {
	_, _, prob := p.forward(w)
	l := 0.0
	for i, y := range p.y {
		l -= math.Log(prob[i*p.k+y]) / float64(p.n)
	}
	for _, m := range []int{0, 2} {
		for _, v := range w[m] {
			l += lambda * v * v
		}
	}
	return l
}

// gradient is the backward pass, with the mistake.
func (p *perceptron) gradient(w [][]float64) [][]float64 {
	p.calls++
	z, a, prob := p.forward(w)
	if p.bug == "stale activations" {
		if p.kept == nil {
			p.kept = [][]float64{a}
		}
		a = p.kept[0]
	}
	g := blank(w)
	examples := p.n
	if p.bug == "last example left out" {
		examples--
	}
	for i := range examples {
		ds := p.scoreGradient(i, prob)
		p.secondLayer(i, g, ds, z, a)
		p.firstLayer(i, g, p.hiddenGradient(i, w, ds, z, a))
	}
	p.regularise(w, g)
	return p.deliver(w, g)
}

// scoreGradient is (prob − onehot)/n.
func (p *perceptron) scoreGradient(i int, prob []float64) []float64 {
	ds := make([]float64, p.k)
	for c := range ds {
		ds[c] = prob[i*p.k+c]
		y := p.y[i]
		if p.bug == "label off by one" {
			y = (y + 1) % p.k
		}
		if c == y {
			ds[c]--
		}
		switch p.bug {
		case "sum instead of mean":
		case "divided by the classes":
			ds[c] /= float64(p.k)
		case "divided by the batch twice":
			ds[c] /= float64(p.n * p.n)
		default:
			ds[c] /= float64(p.n)
		}
	}
	return ds
}

func (p *perceptron) secondLayer(i int, g [][]float64, ds, z, a []float64) {
	for c := range p.k {
		for j := range p.h {
			v := a[i*p.h+j]
			if p.bug == "sums instead of activations" {
				v = z[i*p.h+j]
			}
			at := c*p.h + j
			if p.bug == "W2 in the order of columns" {
				at = j*p.k + c
			}
			g[2][at] += ds[c] * v
		}
		switch {
		case p.bug == "b2 of one example" && i > 0:
		case p.bug == "b2 of the wrong class":
			g[3][(c+1)%p.k] += ds[c]
		default:
			g[3][c] += ds[c]
		}
	}
}

// hiddenGradient is Σ_c ds_c W2[c, j] · (1 − a²).
func (p *perceptron) hiddenGradient(i int, w [][]float64, ds, z, a []float64) []float64 {
	dz := make([]float64, p.h)
	for j := range dz {
		for c := range p.k {
			if p.bug == "one class left out of the sum" && c == p.k-1 {
				continue
			}
			dz[j] += ds[c] * w[2][c*p.h+j]
		}
		y := a[i*p.h+j]
		switch p.bug {
		case "no derivative of tanh":
		case "tanh' of the sum":
			dz[j] *= 1 - z[i*p.h+j]*z[i*p.h+j]
		case "tanh' as 1 - |y|":
			dz[j] *= 1 - math.Abs(y)
		case "sigmoid' for tanh'":
			dz[j] *= y * (1 - y)
		default:
			dz[j] *= 1 - y*y
		}
	}
	return dz
}

func (p *perceptron) firstLayer(i int, g [][]float64, dz []float64) {
	for j := range p.h {
		for c := range p.d {
			if p.bug == "first feature left out" && c == 0 || p.bug == "last unit left out" && j == p.h-1 {
				continue
			}
			x := p.x[i*p.d+c]
			if p.bug == "features shifted" {
				x = p.x[i*p.d+(c+1)%p.d]
			}
			if p.bug == "next example's features" {
				x = p.x[(i+1)%p.n*p.d+c]
			}
			g[0][j*p.d+c] += dz[j] * x
		}
		if p.bug == "b1 averaged over units" {
			for m := range p.h {
				g[1][m] += dz[j] / float64(p.h)
			}
			continue
		}
		g[1][j] += dz[j]
	}
}

// regularise adds 2 λ W.
func (p *perceptron) regularise(w, g [][]float64) {
	factor := 2 * lambda
	switch p.bug {
	case "regularisation forgotten":
		factor = 0
	case "regularisation without the 2":
		factor = lambda
	}
	for _, m := range []int{0, 2} {
		for i, v := range w[m] {
			g[m][i] += factor * v
		}
	}
	if p.bug == "biases regularised" {
		for _, m := range []int{1, 3} {
			for i, v := range w[m] {
				g[m][i] += factor * v
			}
		}
	}
}

// deliver applies mistakes to the whole gradient and to how it is handed out.
func (p *perceptron) deliver(w, g [][]float64) [][]float64 {
	switch p.bug {
	case "sign":
		each(g, func(v float64) float64 { return -v })
	case "off by 1e-4":
		each(g, func(v float64) float64 { return v * (1 + 1e-4) })
	case "off by 1e-5":
		each(g, func(v float64) float64 { return v * (1 + 1e-5) })
	case "half precision":
		each(g, func(v float64) float64 { return math.Round(v*1024) / 1024 })
	case "clipped":
		each(g, func(v float64) float64 { return max(-0.1, min(0.1, v)) })
	case "b1 detached":
		clear(g[1])
	case "one weight wrong":
		g[0][7] += 0.01
	case "W1 and W2 learn at another rate":
		for i := range g[2] {
			g[2][i] *= 10
		}
	case "changes its argument":
		w[1][2] += 1e-9
	case "nil":
		g[3] = nil
	case "shape":
		g[2] = g[2][:len(g[2])-1]
	case "not a number":
		g[0][3] = math.NaN()
	case "random mask":
		g[0][(p.calls*7)%len(g[0])] = 0
	case "adds to the last call":
		return p.accumulate(g)
	case "shared buffer":
		return p.share(g)
	case "remembers the first result":
		if p.buffer == nil {
			p.buffer = g
		}
		g = blank(p.buffer)
		for i := range g {
			copy(g[i], p.buffer[i])
		}
	}
	return g
}

func (p *perceptron) accumulate(g [][]float64) [][]float64 {
	if p.buffer == nil {
		p.buffer = blank(g)
	}
	out := blank(g)
	for i := range g {
		for j := range g[i] {
			p.buffer[i][j] += g[i][j]
			out[i][j] = p.buffer[i][j]
		}
	}
	return out
}

func (p *perceptron) share(g [][]float64) [][]float64 {
	if p.buffer == nil {
		p.buffer = blank(g)
	}
	for i := range g {
		copy(p.buffer[i], g[i])
	}
	return p.buffer
}

func each(g [][]float64, f func(float64) float64) {
	for i := range g {
		for j := range g[i] {
			g[i][j] = f(g[i][j])
		}
	}
}

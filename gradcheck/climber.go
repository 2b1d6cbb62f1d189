package gradcheck

import (
	"fmt"
	"math"
)

// A climber checks coordinates of one variable with one prober.
type climber struct {
	c     *checker
	b     int
	p     prober
	m     margin
	scale float64 // rms of the variable

	base   []float64 // F at the point as the prober computes it
	probes []probe
	steps  []float64
	out    []float64
}

// check compares the coordinates at, in two stages.
func (k *climber) check(at []int, out []Coord) error {
	if err := k.c.ctx.Err(); err != nil {
		return fmt.Errorf("gradcheck: %w", err)
	}
	if k.base == nil && len(at) > 0 {
		k.base = make([]float64, len(k.c.base))
		if err := k.p.probe([]probe{{at[0], k.c.x[k.b][at[0]]}}, k.base); err != nil {
			return err
		}
	}
	pending, err := k.quick(at, out)
	if err != nil {
		return err
	}
	for _, n := range pending {
		if out[n], err = k.thorough(at[n]); err != nil {
			return err
		}
	}
	return nil
}

// size is the length that steps of coordinate i are measured in.
func (k *climber) size(i int) float64 {
	if s := max(math.Abs(k.c.x[k.b][i]), k.scale); s > 0 {
		return s
	}
	return 1
}

// quick is stage 1: a ladder of two rungs, with steps h = 4 ε^(1/5) and h/4, all
// coordinates together. A coordinate is accepted where the gradient agrees with
// the extrapolated derivative itself, not only within its estimated error, and
// that error is small; it returns the places of the others.
func (k *climber) quick(at []int, out []Coord) ([]int, error) {
	rungs := ladder{top: 4 * math.Pow(k.c.p.eps(), 0.2), ratio: 4, rungs: 2}
	if err := k.measure(at, rungs); err != nil {
		return nil, err
	}
	m := len(k.c.base)
	var pending []int
	for n, i := range at {
		steps := k.steps[4*n : 4*n+4]
		r, _ := measure(steps, k.out[4*n*m:(4*n+4)*m], k.base, k.c.v, k.c.eps)
		s := extrapolate(r, 4)
		a := k.c.grad[k.b][i]
		tol := k.m.of(i, a, s.value)
		if math.Abs(a-s.value) <= tol+6*r[1].noise && 3*s.err <= 100*tol {
			out[n] = k.m.judge(i, a, s, k.c.o.kinks)
			out[n].X = k.c.x[k.b][i]
			if out[n].Verdict == Agree {
				continue
			}
		}
		pending = append(pending, n)
	}
	return pending, nil
}

// thorough is stage 2: the full ladder, and where that disagrees a second one
// with other steps that must disagree too. What stays unresolved is looked at
// with longer steps, up to four times the variable: a smooth function in float32
// shows its slope there. They may only agree, since nothing says that the
// function is smooth so far away.
func (k *climber) thorough(i int) (Coord, error) {
	rungs := 18
	top := 0.1
	if k.c.p.Float32 {
		rungs, top = 9, 0.25
	}
	first, err := k.climb(i, ladder{top: top, ratio: 4, rungs: rungs})
	if err != nil {
		return first, err
	}
	if first.Verdict == Disagree {
		second, err := k.climb(i, ladder{top: 0.37 * top, ratio: 3, rungs: rungs * 5 / 4})
		if err != nil || second.Verdict == Disagree {
			return first, err
		}
		first = second
	}
	if first.Verdict == Unresolved {
		far, err := k.climb(i, farLadder)
		if err != nil || far.seen() {
			return far, err
		}
	}
	return first, nil
}

// climb compares coordinate i on a ladder. Where the slope contradicts the
// gradient, is lost in noise or looks like a jump, it is taken again with the
// noise that the function has in its grain.
func (k *climber) climb(i int, l ladder) (Coord, error) {
	if err := k.measure([]int{i}, l); err != nil {
		return Coord{}, err
	}
	at := k.judge(i, l, nil)
	if at.settled() {
		return at, nil
	}
	g, err := k.c.grained()
	if err != nil {
		return at, err
	}
	if again := k.judge(i, l, g); at.Verdict != Unresolved || again.Verdict == Agree {
		at = again
	}
	return at, nil
}

// judge compares coordinate i with what was measured on a ladder, with the
// function's grain if it is given.
func (k *climber) judge(i int, l ladder, g *grain) Coord {
	s := k.c.slope(k.steps, k.out, k.base, l.ratio, g, nil)
	s.nothing = s.nothing/k.size(i) + k.c.rough[k.b]
	s.rounding /= k.size(i)
	s.dim /= k.size(i)
	at := k.m.judge(i, k.c.grad[k.b][i], s, k.c.o.kinks)
	at.X = k.c.x[k.b][i]
	return at
}

// measure evaluates a ladder at each of the coordinates and leaves steps and
// outputs in k. Steps out of bounds have NaN outputs and are not evaluated.
func (k *climber) measure(at []int, l ladder) error {
	m := len(k.c.base)
	relative := l.steps()
	n := len(at) * len(relative)
	k.probes = k.probes[:0]
	k.steps, k.out = resize(k.steps, n), resize(k.out, n*m)
	for j, i := range at {
		x, size := k.c.x[k.b][i], k.size(i)
		for r, h := range relative {
			moved := k.c.p.round(x + h*size)
			k.steps[j*len(relative)+r] = moved - x
			if k.c.inside(moved) {
				k.probes = append(k.probes, probe{i, moved})
			}
		}
	}
	if err := k.p.probe(k.probes, k.out[:len(k.probes)*m]); err != nil {
		return err
	}
	if len(k.probes) < n {
		k.spread(at, len(relative), m)
	}
	return nil
}

// spread moves the outputs of the probes inside the bounds to their places and
// fills the others with NaN.
func (k *climber) spread(at []int, each, m int) {
	from := len(k.probes) - 1
	for n := len(at)*each - 1; n >= 0; n-- {
		x := k.c.x[k.b][at[n/each]]
		inside := k.c.inside(x + k.steps[n])
		for j := m - 1; j >= 0; j-- {
			if inside {
				k.out[n*m+j] = k.out[from*m+j]
			} else {
				k.out[n*m+j] = math.NaN()
			}
		}
		if inside {
			from--
		}
	}
}

func resize(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

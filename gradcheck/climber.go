package gradcheck

import (
	"math"

	"declive/gradcheck/internal/lanes"
	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/slope"
)

// A climber compares coordinates of one variable, with one prober.
type climber struct {
	*exam
	b     int
	p     prober
	m     margin
	sizes []float64 // that steps of each coordinate are measured in

	base   []float64 // F at the point as the prober computes it
	probes []lanes.Probe
	steps  []float64
	out    []float64
}

// check compares the coordinates at, in two stages.
func (k *climber) check(at []int, out []Coord) error {
	if err := k.s.Ended(); err != nil {
		return err
	}
	if k.base == nil && len(at) > 0 {
		k.base = make([]float64, len(k.s.Base))
		if err := k.p.Probe([]lanes.Probe{{Index: at[0], Value: k.x(at[0])}}, k.base); err != nil {
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

// x returns coordinate i, grad its gradient.
func (k *climber) x(i int) float64    { return k.s.X[k.b][i] }
func (k *climber) grad(i int) float64 { return k.s.Grad[k.b][i] }

// quick is stage 1: a short ladder, all coordinates together. A coordinate is
// accepted where the gradient agrees with the extrapolated derivative itself, not
// only within its estimated error, and that error is small; it returns the places
// of the others.
func (k *climber) quick(at []int, out []Coord) ([]int, error) {
	l := k.shortLadder()
	if err := k.measure(at, l); err != nil {
		return nil, err
	}
	m := len(k.s.Base)
	var pending []int
	for n, i := range at {
		rungs, _ := slope.Measure(k.steps[4*n:4*n+4], k.out[4*n*m:(4*n+4)*m], k.base, k.s.V, k.r.Noise)
		s := slope.Extrapolate(rungs, l.Ratio)
		a := k.grad(i)
		tol := k.m.of(i, a, s.Value)
		if math.Abs(a-s.Value) <= tol+6*rungs[1].Noise() && 3*s.Err <= 100*tol {
			out[n] = k.m.judge(i, a, s, rounding.Thresholds{}, k.o.kinks)
			out[n].X = k.x(i)
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
	full := k.fullLadder()
	first, err := k.climb(i, full)
	if err != nil {
		return first, err
	}
	if first.Verdict == Disagree {
		second, err := k.climb(i, otherSteps(full))
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
func (k *climber) climb(i int, l slope.Ladder) (Coord, error) {
	if err := k.measure([]int{i}, l); err != nil {
		return Coord{}, err
	}
	at := k.judge(i, l, nil)
	if at.settled() {
		return at, nil
	}
	g, err := k.r.Grain()
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
func (k *climber) judge(i int, l slope.Ladder, g *rounding.Grain) Coord {
	s, t := k.r.Slope(k.steps, k.out, k.base, l.Ratio, g, 0)
	t = t.Over(k.sizes[i])
	t.Unseen += k.r.Floor[k.b]
	at := k.m.judge(i, k.grad(i), s, t, k.o.kinks)
	at.X = k.x(i)
	return at
}

// measure evaluates a ladder at each of the coordinates and leaves steps and
// outputs in k. Steps out of bounds have NaN outputs and are not evaluated.
func (k *climber) measure(at []int, l slope.Ladder) error {
	m := len(k.s.Base)
	relative := l.Steps()
	n := len(at) * len(relative)
	k.probes = k.probes[:0]
	k.steps, k.out = resize(k.steps, n), resize(k.out, n*m)
	for j, i := range at {
		x, size := k.x(i), k.sizes[i]
		for r, h := range relative {
			moved := k.s.Round(x + h*size)
			k.steps[j*len(relative)+r] = moved - x
			if k.s.Inside(moved) {
				k.probes = append(k.probes, lanes.Probe{Index: i, Value: moved})
			}
		}
	}
	if err := k.p.Probe(k.probes, k.out[:len(k.probes)*m]); err != nil {
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
		inside := k.s.Inside(k.x(at[n/each]) + k.steps[n])
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

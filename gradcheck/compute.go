package gradcheck

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Compute checks a problem and reports. It is the only place where numbers are
// decided; [Check], [Op] and [Func] turn its report into test failures.
//
// The steps, each of which can end the check with its own message: lengths;
// the function evaluated twice; the gradient evaluated twice, at another point
// and again; linearity in the cotangent; finite values; then every coordinate
// of every variable, and two points nearby.
//
// The error says that the problem could not be checked: a bad option, a
// function that returned an error, a context that ended. A wrong gradient is
// no error; ask [Report.OK].
func Compute(ctx context.Context, p Problem, opts ...Option) (*Report, error) {
	o, err := newOptions(opts)
	if err != nil {
		return nil, err
	}
	c, err := newChecker(ctx, p, o)
	if err != nil {
		return nil, err
	}
	if err := c.run(); err != nil {
		return nil, err
	}
	return c.report, nil
}

// run does the whole check.
func (c *checker) run() error {
	if ok, err := c.prepare(); !ok {
		return err
	}
	for b := range c.p.Vars {
		if err := c.variable(b); err != nil {
			return err
		}
	}
	return c.finish()
}

// A checker is one check under way.
type checker struct {
	ctx     context.Context
	p       *Problem
	o       options
	rng     *rand.Rand
	x       [][]float64 // the point
	v       []float64   // cotangent
	base    []float64   // F(x)
	eps     []float64   // noise of each output
	grad    [][]float64 // the gradient under test
	extra   [][]float64 // rounding error of a float32 gradient, or nil
	size    float64     // magnitude of what F is made of
	largest float64     // the largest number in the graph, if that is known
	rough   []float64   // for each variable: up to here its gradient is only rounding
	nearby  []nearby    // other points that were visited
	visited bool        // the points of the second-point test among them
	evals   atomic.Int64
	report  *Report

	grainOnce sync.Once
	grain     *grain
	grainErr  error

	own    [][]float64                      // the graph's own gradient, once it was needed
	values map[*autodiff.Node]*tensor.Dense // of the graph's nodes, once they were needed
}

func newChecker(ctx context.Context, p Problem, o options) (*checker, error) {
	if ctx == nil {
		return nil, errors.New("gradcheck: the context is nil")
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	if err := o.expectKnown(p.Vars); err != nil {
		return nil, err
	}
	c := &checker{ctx: ctx, p: &p, o: o, x: p.point(), rng: rand.New(rand.NewPCG(o.seed, 0))}
	for b, v := range p.Vars {
		for i, x := range v.Value {
			if !c.inside(x) {
				return nil, fmt.Errorf("gradcheck: variable %s: element %s is %v, outside [%v, %v]",
					p.Vars[b].Name, index(v.Shape, i), x, o.lo, o.hi)
			}
		}
	}
	c.report = &Report{Seed: o.seed, maxUnresolved: o.maxUnresolved}
	for _, v := range p.Vars {
		c.report.Vars = append(c.report.Vars, VarReport{Name: v.Name, Shape: v.Shape})
	}
	return c, nil
}

// prepare does everything that comes before the comparison of coordinates. It
// returns false where the check ends here.
func (c *checker) prepare() (bool, error) {
	if ok, err := c.preflight(); !ok {
		return false, err
	}
	var err error
	if c.eps, err = c.noise(c.x); err != nil {
		return false, err
	}
	if c.size, err = c.magnitude(); err != nil {
		return false, err
	}
	if c.largest, err = c.largestValue(); err != nil {
		return false, err
	}
	if c.rough, err = c.roughness(c.x, c.grad); err != nil {
		return false, err
	}
	if c.p.GradFloat32 {
		c.extra, err = c.conditioning()
	}
	return err == nil, err
}

// finish does what follows the comparison of coordinates.
func (c *checker) finish() error {
	if err := c.ties(); err != nil {
		return err
	}
	c.report.Evals = int(c.evals.Load())
	return c.furtherPoints()
}

// furtherPoints repeats the check at the points of [At].
func (c *checker) furtherPoints() error {
	for k, at := range c.o.points {
		p, err := c.p.movedTo(at)
		if err != nil {
			return fmt.Errorf("gradcheck: At: point %d: %w", k, err)
		}
		o := c.o
		o.points = nil
		sub, err := newChecker(c.ctx, p, o)
		if err != nil {
			return err
		}
		if err := sub.run(); err != nil {
			return err
		}
		c.report.Further = append(c.report.Further, sub.report)
	}
	return nil
}

// movedTo returns the problem at another point.
func (p *Problem) movedTo(at []float64) (Problem, error) {
	q := *p
	q.Vars = append([]Var(nil), p.Vars...)
	n := 0
	for i, v := range q.Vars {
		if n+len(v.Value) > len(at) {
			return q, fmt.Errorf("%d values for more variables", len(at))
		}
		q.Vars[i].Value = at[n : n+len(v.Value)]
		n += len(v.Value)
	}
	if n != len(at) {
		return q, fmt.Errorf("%d values for %d variables", len(at), n)
	}
	return q, nil
}

// eval evaluates F at x, which it may keep.
func (c *checker) eval(x [][]float64) ([]float64, error) {
	if err := c.ctx.Err(); err != nil {
		return nil, fmt.Errorf("gradcheck: %w", err)
	}
	c.evals.Add(1)
	y, err := c.p.F(x)
	if err != nil {
		return nil, fmt.Errorf("gradcheck: evaluating the function: %w", err)
	}
	if c.base != nil && len(y) != len(c.base) {
		return nil, fmt.Errorf("gradcheck: the function returned %d values, %d before", len(y), len(c.base))
	}
	return y, nil
}

// inside reports whether a value respects the bounds.
func (c *checker) inside(x float64) bool {
	return !c.o.bounded || x >= c.o.lo && x <= c.o.hi
}

// clone returns a deep copy of x.
func clone(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for i := range x {
		out[i] = append([]float64(nil), x[i]...)
	}
	return out
}

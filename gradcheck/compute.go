package gradcheck

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"declive/gradcheck/internal/rounding"
	"declive/gradcheck/internal/subject"
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

// An exam is what numbers are compared with: the subject, what its rounding hides,
// and what was asked. It holds no findings.
type exam struct {
	s          *subject.Subject
	r          *rounding.Resolution // nil until the subject has its gradient
	o          options
	rel, floor float64 // tolerances: relative to the slope, and to the tensor's largest gradient
}

// A checker is one check under way: it leads the exam through its steps and
// collects the report.
type checker struct {
	exam
	p      *Problem
	near   neighbourhood
	blamed diagnosis
	report *Report
}

func newChecker(ctx context.Context, p Problem, o options) (*checker, error) {
	s, err := newSubject(ctx, &p, o)
	if err != nil {
		return nil, err
	}
	c := &checker{p: &p, exam: exam{s: s, o: o}, report: &Report{Seed: o.seed, maxUnresolved: o.maxUnresolved}}
	c.rel, c.floor = o.tolerances(s.Precision)
	c.near.exam, c.blamed.exam = &c.exam, &c.exam
	for _, v := range p.Vars {
		c.report.Vars = append(c.report.Vars, VarReport{Name: v.Name, Shape: v.Shape})
	}
	return c, nil
}

// newSubject returns the problem's function and gradient at its point.
func newSubject(ctx context.Context, p *Problem, o options) (*subject.Subject, error) {
	if ctx == nil {
		return nil, errors.New("gradcheck: the context is nil")
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	if err := o.expectKnown(p.Vars); err != nil {
		return nil, err
	}
	s := &subject.Subject{
		Context: ctx, F: p.F, VJP: p.backward, Graph: p.graph, X: p.point(),
		Seed: o.seed, Rand: rand.New(rand.NewPCG(o.seed, 0)),
		Precision: p.precision(), Bounds: o.bounds,
	}
	for _, v := range p.Vars {
		named := subject.Var{Name: v.Name, Shape: v.Shape}
		for i, x := range v.Value {
			if !s.Inside(x) {
				return nil, fmt.Errorf("gradcheck: variable %s: element %s is %v, outside [%v, %v]", v.Name, named.Index(i), x, o.bounds.Lo, o.bounds.Hi)
			}
		}
		s.Vars = append(s.Vars, named)
	}
	return s, nil
}

// run does the whole check.
func (c *checker) run() error {
	if ok, err := c.prepare(); !ok {
		return err
	}
	for b := range c.s.Vars {
		if err := c.variable(b); err != nil {
			return err
		}
	}
	return c.finish()
}

// prepare does everything that comes before the comparison of coordinates. It
// returns false where the check ends here.
func (c *checker) prepare() (bool, error) {
	first, err := preflight{c.s, c.p.VJP != nil, c.note}.run()
	if err == nil {
		c.near.points = first
		c.r, err = rounding.Measure(c.s)
	}
	return err == nil, c.finding(err)
}

// variable checks one variable, here and at points nearby, and fills in its part
// of the report.
func (c *checker) variable(b int) error {
	v := &variable{exam: &c.exam, b: b, report: &c.report.Vars[b], note: c.note}
	err := v.check(&c.near)
	if err == nil && v.report.failed(c.o.maxUnresolved) {
		err = c.blamed.explain(v, c.near.points, c.report)
	}
	c.report.Evals = c.s.Evals()
	return c.finding(err)
}

// finish does what follows the comparison of coordinates.
func (c *checker) finish() error {
	if err := c.ties(); err != nil {
		return c.finding(err)
	}
	c.report.Evals = c.s.Evals()
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
		sub, err := newChecker(c.s.Context, p, o)
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

// finding puts an error that is a fault into the report, and returns the others.
func (c *checker) finding(err error) error {
	if fault, ok := errors.AsType[subject.Fault](err); ok {
		c.fault(fault.Error())
		return nil
	}
	return err
}

// fault reports a mistake of protocol.
func (c *checker) fault(text string) {
	c.report.Faults = append(c.report.Faults, text)
	c.report.Evals = c.s.Evals()
}

func (c *checker) note(format string, args ...any) {
	c.report.Notes = append(c.report.Notes, fmt.Sprintf(format, args...))
}

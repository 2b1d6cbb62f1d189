package curvature

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// Problem returns the objective in the form that gonum.org/v1/gonum/optimize
// minimises, with loss, gradient and Hessian. Evaluating it moves the
// parameters. What goes wrong in an evaluation ends the minimisation with that
// error.
func (o *Objective) Problem() optimize.Problem {
	var failed error
	try := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	return optimize.Problem{
		Func: func(w []float64) float64 {
			try(o.Move(w))
			loss, err := o.Loss()
			try(err)
			if err != nil {
				return math.NaN()
			}
			return loss
		},
		Grad: func(g, w []float64) {
			try(o.Move(w))
			_, err := o.Gradient(g)
			try(err)
		},
		Hess: func(dst *mat.SymDense, w []float64) {
			try(o.Move(w))
			h, err := o.Hessian()
			try(err)
			if err == nil {
				dst.CopySym(h)
			}
		},
		Status: func() (optimize.Status, error) {
			if failed != nil {
				return optimize.Failure, failed
			}
			return optimize.NotTerminated, nil
		},
	}
}

// Minimise minimises the objective by a method of gonum's optimize, such as
// &optimize.LBFGS{}, from the present weights, and moves the parameters to where
// the loss was lowest, also when it returns an error. Settings may be nil; the
// default threshold of the gradient is so small that a line search may fail for
// rounding errors before it is met. Their InitValues must be nil.
func (o *Objective) Minimise(method optimize.Method, settings *optimize.Settings) (*optimize.Result, error) {
	if err := o.check("Minimise"); err != nil {
		return nil, err
	}
	if settings != nil && settings.InitValues != nil {
		return nil, errors.New("curvature: Minimise: settings.InitValues is given; the objective computes them, so leave it nil")
	}
	best, lowest := o.Point(), math.Inf(1)
	problem := o.Problem()
	loss := problem.Func
	problem.Func = func(w []float64) float64 {
		value := loss(w)
		if value < lowest {
			lowest = value
			copy(best, w)
		}
		return value
	}
	result, err := optimize.Minimize(problem, o.Point(), settings, method)
	if err != nil {
		err = fmt.Errorf("curvature: Minimise: %w", err)
	}
	return result, errors.Join(err, o.Move(best))
}

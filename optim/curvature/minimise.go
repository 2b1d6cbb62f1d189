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
// the loss was lowest, also when it returns an error. Settings may be nil. Their
// InitValues must be nil.
//
// A line search that finds no better point has converged, with the status
// [optimize.FunctionConvergence], where Newton's step would lower the loss by less
// than rounding changes it; the default threshold of the gradient is so small that
// many end like that. Elsewhere, as at a kink, it is an error.
func (o *Objective) Minimise(method optimize.Method, settings *optimize.Settings) (*optimize.Result, error) {
	if err := o.check("Minimise"); err != nil {
		return nil, err
	}
	if settings != nil && settings.InitValues != nil {
		return nil, errors.New("curvature: Minimise: settings.InitValues is given; the objective computes them, so leave it nil")
	}
	best, problem := o.lowest()
	result, err := optimize.Minimize(problem, o.Point(), settings, method)
	if err := o.Move(best.point); err != nil {
		return result, err
	}
	if result != nil && lineSearchFailed(err) {
		converged, failed := o.converged(best.first)
		if failed != nil {
			return result, fmt.Errorf("curvature: Minimise: %w", errors.Join(err, failed))
		}
		if converged {
			result.Status, err = optimize.FunctionConvergence, nil
		}
	}
	if err != nil {
		err = fmt.Errorf("curvature: Minimise: %w", err)
	}
	return result, err
}

// A lowest is the best point that a minimisation has seen.
type lowest struct {
	point       []float64
	loss, first float64 // there, and where it began
}

// lowest returns the problem, and what will know its best point.
func (o *Objective) lowest() (*lowest, optimize.Problem) {
	best := &lowest{point: o.Point(), loss: math.Inf(1), first: math.NaN()}
	problem := o.Problem()
	loss := problem.Func
	problem.Func = func(w []float64) float64 {
		value := loss(w)
		if math.IsNaN(best.first) {
			best.first = value
		}
		if value < best.loss {
			best.loss = value
			copy(best.point, w)
		}
		return value
	}
	return best, problem
}

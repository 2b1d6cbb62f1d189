// Package trial holds the cases that the gradient checker is measured on, and
// the rules of other checkers to compare with.
//
// [Wrong] is a catalogue of gradients with a mistake, [Awkward] one of right
// gradients of functions that are hard to differentiate numerically, and
// [Mutants] draws random graphs and puts one fault into the backward part of
// each. [Rivals] are the rules of torch, JAX and CS231n, written from their
// documentation. The program gradcheck/internal/evaluate prints the tables of
// docs/gradcheck.md from them.
//
// Cases keep state where the mistake needs it, so each call of [Case.Problem]
// returns a fresh one.
package trial

import (
	"regexp"
	"strings"

	"declive/gradcheck"
)

// A Case is a function with a gradient that is right or wrong.
type Case struct {
	Name    string
	Problem func() gradcheck.Problem
	Options []gradcheck.Option

	// Cause is a regular expression for what a report has to say to have named
	// the mistake, or the elements that it is in.
	Cause string

	// Place, where nothing more can be expected, is one for a report that points
	// to the tensor that the mistake is in. Both are empty where no rule can.
	Place string

	// Size is the relative size of the error, 0 where that means nothing.
	Size float64
}

// Named reports whether the text of a report names the mistake, and whether it
// points at least to where it is.
func (c *Case) Named(report string) (named, placed bool) {
	report = strings.Join(strings.Fields(report), " ") // lines are wrapped
	named = c.Cause != "" && regexp.MustCompile(c.Cause).MatchString(report)
	return named, named || c.Place != "" && regexp.MustCompile(c.Place).MatchString(report)
}

// vector returns a problem of one vector.
func vector(x []float64, f func(x []float64) float64, g func(x []float64) []float64) gradcheck.Problem {
	return gradcheck.FuncProblem(f, g, x)
}

// matrices returns a problem of several arrays and a scalar function.
func matrices(vars []gradcheck.Var, f func(x [][]float64) float64, g func(x [][]float64) [][]float64) gradcheck.Problem {
	return gradcheck.Problem{
		Vars: vars,
		F:    func(x [][]float64) ([]float64, error) { return []float64{f(x)}, nil },
		Grad: func(x [][]float64) ([][]float64, error) { return g(x), nil },
	}
}

// numbers returns n numbers in −1 … 1 that look random, the same at every call;
// seed makes another sequence.
func numbers(n, seed int) []float64 {
	out := make([]float64, n)
	s := uint64(seed)*0x9E3779B97F4A7C15 + 1
	for i := range out {
		s ^= s << 13
		s ^= s >> 7
		s ^= s << 17
		out[i] = float64(s>>11)*0x1p-52 - 1
	}
	return out
}

// variable returns a variable of such numbers, times scale.
func variable(name string, scale float64, seed int, shape ...int) gradcheck.Var {
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := numbers(n, seed)
	for i := range v {
		v[i] *= scale
	}
	return gradcheck.Var{Name: name, Shape: shape, Value: v}
}

// blank returns zeros in the shape of x.
func blank(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for i := range x {
		out[i] = make([]float64, len(x[i]))
	}
	return out
}

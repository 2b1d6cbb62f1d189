package optim

import (
	"errors"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// The length of a gradient is ‖g‖ = √Σ g², over all parameters. The squares leave
// the range of float32 where the gradient is far inside: above 1e19 and below
// 1e-22. So the program of a step computes the sum, in the pass that computes
// the gradient, and guards it: where it has overflowed, or where underflow may
// show in it, the run changes nothing, and a second program does it over with
//
//	‖g‖ = m·√Σ (g/m)²    m = max |g|
//
// in which nothing can overflow but the length itself.

// squares returns the sum of the squares of all elements.
func squares(xs []*autodiff.Node) *autodiff.Node {
	total := xs[0].Square().Sum()
	for _, x := range xs[1:] {
		total = total.Add(x.Square().Sum())
	}
	return total
}

// least is a number which, divided by a sum of n squares, is not finite if that
// may have lost digits to underflow. With p bits and 2ᵉ the smallest normal
// number, a square below that is off by 2^(e−p), n of them by n·2^(e−p), which is
// within the rounding of a sum of n·2ᵉ or more. Numbers end at 2^(2−e), so 4n/sum
// is infinite for a smaller sum.
func least(xs []*autodiff.Node) float64 {
	n := 0
	for _, x := range xs {
		n += x.Shape().Size()
	}
	return 4 * float64(n)
}

// serves reports whether a sum of the squares of the gradient can be had in the
// graph's precision.
func (u *update) serves(sum float64) bool {
	rest := least(u.grads) / sum
	if u.Graph.Precision() == tensor.Float32 {
		sum, rest = float64(float32(sum)), float64(float32(rest))
	}
	return dense.Finite(sum) && dense.Finite(rest)
}

// magnitude returns the largest absolute value of all elements, 0 for none, and
// not a number if one is not.
func magnitude(g *autodiff.Graph, xs ...*autodiff.Node) *autodiff.Node {
	m := g.Scalar(0)
	for _, x := range xs {
		if x.Shape().Size() > 0 {
			m = m.Max(x.Abs().ReduceMax())
		}
	}
	return m
}

// ratios returns the sum of the squares of all elements divided by m, which is
// their largest absolute value.
func ratios(xs []*autodiff.Node, m *autodiff.Node) *autodiff.Node {
	g := m.Graph()
	divisor := m.Greater(g.Scalar(0)).Where(m, g.Scalar(1))
	scaled := make([]*autodiff.Node, len(xs))
	for i, x := range xs {
		scaled[i] = x.Div(divisor)
	}
	return squares(scaled)
}

// run takes the step, unless there is an error, and returns the loss before it
// and the length of the gradient.
func (u *update) run(feeds []autodiff.Feed) (loss, norm float64, err error) {
	if !u.extreme {
		_, err := u.program.Run(feeds...)
		if err == nil && len(u.assigned) == 0 {
			err = u.finite() // a run that assigns nothing looks at nothing
		}
		if err == nil {
			return dense.Element(u.program.Output(0), 0), u.length(), nil
		}
		var bad *autodiff.NonFiniteError
		if u.plain || !errors.As(err, &bad) || bad.Output == 0 {
			return math.NaN(), math.NaN(), err
		}
	}
	return u.runCarefully(feeds)
}

// runCarefully is run by the second program, which the next step begins with if
// the first would not have served this one.
func (u *update) runCarefully(feeds []autodiff.Feed) (loss, norm float64, err error) {
	if u.careful == nil {
		if err := u.compileCareful(); err != nil {
			return math.NaN(), math.NaN(), err
		}
	}
	out, err := u.careful.Run(feeds...)
	if err != nil {
		return math.NaN(), math.NaN(), err
	}
	m, sum := out.Scalar(1), out.Scalar(2)
	u.extreme = !u.serves(m * m * sum)
	return out.Scalar(0), m * math.Sqrt(sum), nil
}

// factors returns m and Σ (g/m)² given m, or 1 and Σ g² where that serves, so that
// a step has the bits of the first program whichever it is taken by: a training that
// goes on from a saved state begins with the first.
func (u *update) factors(m *autodiff.Node) (unit, sum *autodiff.Node) {
	g := u.Graph
	zero, plain := g.Scalar(0), squares(u.grads)
	rest := g.Scalar(least(u.grads)).Div(plain)
	served := plain.Sub(plain).Equal(zero).Mul(rest.Sub(rest).Equal(zero)) // ∞ − ∞ is NaN
	return served.Where(g.Scalar(1), m), served.Where(plain, ratios(u.grads, m))
}

// compileCareful compiles the second program. Its guards are the loss, the two
// factors of the length, and, for a long gradient, whose squares in a rule may
// overflow, the largest of what the rule makes of it.
func (u *update) compileCareful() (err error) {
	defer autodiff.Catch(&err)
	m := magnitude(u.Graph, u.grads...)
	zero, long := u.Graph.Scalar(0), m.Greater(u.Graph.Scalar(1))
	unit, sum := u.factors(m)
	outputs := []*autodiff.Node{unit, sum}
	if scale := u.trainer.shortening(unit, sum.Sqrt()); scale != nil {
		if err := u.follow(scale); err != nil {
			return err
		}
	}
	for _, x := range u.results {
		outputs = append(outputs, long.Where(magnitude(u.Graph, x), zero))
	}
	u.careful, err = autodiff.Compile(u.Value, append(outputs, u.assigned...)...)
	return err
}

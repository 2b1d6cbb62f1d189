package gradcheck_test

import (
	"context"
	"fmt"
	"math"

	"declive/gradcheck"
)

// report checks a gradient and prints whether it is right.
func report(f func(x []float64) float64, gradient func(x []float64) []float64, x []float64, opts ...gradcheck.Option) {
	r, err := gradcheck.Compute(context.Background(), gradcheck.FuncProblem(f, gradient, x), opts...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.OK())
}

// At its kink the hinge has every slope between −1 and 0.
func ExampleKinks() {
	hinge := func(x []float64) float64 { return max(0, 1-x[0]) }
	slope := func(at1 float64) func(x []float64) []float64 {
		return func(x []float64) []float64 {
			switch {
			case x[0] < 1:
				return []float64{-1}
			case x[0] > 1:
				return []float64{0}
			}
			return []float64{at1}
		}
	}
	report(hinge, slope(-0.5), []float64{1})
	report(hinge, slope(0.5), []float64{1})
	report(hinge, slope(-0.5), []float64{1}, gradcheck.Kinks(gradcheck.Fail))
	// Output:
	// true
	// false
	// false
}

// sums and sumsGradient are a function of many variables whose last derivative is
// forgotten.
func sums(x []float64) float64 {
	s := 0.0
	for i, v := range x {
		s += math.Sin(v) * float64(i)
	}
	return s
}

func sumsGradient(x []float64) []float64 {
	g := make([]float64, len(x))
	for i, v := range x[:len(x)-1] {
		g[i] = math.Cos(v) * float64(i)
	}
	return g
}

// Three random directions find the one wrong coordinate of a thousand.
func ExampleFast() {
	report(sums, sumsGradient, make([]float64, 1000), gradcheck.Fast(3))
	// Output: false
}

// A sample holds the ends of every axis.
func ExampleSample() {
	report(sums, sumsGradient, make([]float64, 1000), gradcheck.Sample(10))
	// Output: false
}

// The square root is not evaluated below 0.
func ExampleBounds() {
	f := func(x []float64) float64 { return x[0] + x[0]*math.Sqrt(x[0]) }
	gradient := func(x []float64) []float64 { return []float64{1 + 1.5*math.Sqrt(x[0])} }
	report(f, gradient, []float64{0}, gradcheck.Bounds(0, math.Inf(1)))
	// Output: true
}

// A straight-through estimator differs from the derivative on purpose.
func ExampleExpect() {
	round := func(x []float64) float64 { return math.Round(x[0]) }
	through := func([]float64) []float64 { return []float64{1} }
	report(round, through, []float64{0.3})
	report(round, through, []float64{0.3}, gradcheck.Expect("x", through))
	// Output:
	// false
	// true
}

// Two derivatives that are the same at 0: a further point tells them apart.
func ExampleAt() {
	square := func(x []float64) float64 { return x[0] * x[0] }
	gradient := func(x []float64) []float64 { return []float64{x[0] * max(2, x[0])} }
	report(square, gradient, []float64{1})
	report(square, gradient, []float64{1}, gradcheck.At([]float64{5}))
	// Output:
	// true
	// false
}

// An approximation that is meant to be one.
func ExampleRelTol() {
	gradient := func(x []float64) []float64 { return []float64{1.0001 * math.Cos(x[0])} }
	sin := func(x []float64) float64 { return math.Sin(x[0]) }
	report(sin, gradient, []float64{1})
	report(sin, gradient, []float64{1}, gradcheck.RelTol(1e-3))
	// Output:
	// false
	// true
}

// Where rounding hides the slope nothing is verified, and that does not pass by
// itself.
func ExampleMaxUnresolved() {
	f := func(x []float64) float64 { return float64(float32(1e9 + math.Sin(x[0]))) }
	gradient := func(x []float64) []float64 { return []float64{math.Cos(x[0])} }
	report(f, gradient, []float64{0.3})
	report(f, gradient, []float64{0.3}, gradcheck.MaxUnresolved(1))
	// Output:
	// false
	// true
}

// The same seed draws the same directions, points and samples.
func ExampleSeed() {
	report(sums, sumsGradient, make([]float64, 1000), gradcheck.Fast(1), gradcheck.Seed(7))
	// Output: false
}

package gradcheck_test

import (
	"context"
	"fmt"

	"declive/gradcheck"
)

// The mean of 400 squares in float32 moves by less than its rounding where a small
// element does. Such elements are compared together.
func ExampleVerdict() {
	x := make([]float64, 400)
	for i := range x {
		x[i] = float64(i%40-20) / 16
	}
	mean := func(x []float64) float64 {
		s := float32(100)
		for _, v := range x {
			s += float32(v*v) / 400
		}
		return float64(s)
	}
	gradient := func(x []float64) []float64 {
		g := make([]float64, len(x))
		for i, v := range x {
			g[i] = float64(float32(v / 200))
		}
		return g
	}
	problem := gradcheck.FuncProblem(mean, gradient, x)
	problem.Float32 = true
	r, err := gradcheck.Compute(context.Background(), problem)
	if err != nil {
		fmt.Println(err)
		return
	}
	v := r.Vars[0]
	fmt.Println(r.OK(), "alone:", v.Agree, "together:", v.Together, "unresolved:", v.Unresolved)
	// Output:
	// true alone: 250 together: 150 unresolved: 0
}

package search_test

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim/search"
)

// hinge is the mean of max(0, 1 − y·s).
func hinge(s, y *autodiff.Node) *autodiff.Node { return s.Mul(y).Neg().AddScalar(1).ReLU().Mean() }

// Three points on a line; the last column of each is 1, for the bias.
var line = autodiff.Batch{
	X: tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{-1, 1, 2, 1, 4, 1})),
	Y: tensor.New(tensor.WithShape(3, 1), tensor.WithBacking([]float64{-1, 1, 1})),
}

func ExampleRandom() {
	w := autodiff.NewParam("W", tensor.New(tensor.WithShape(1, 2), tensor.Of(tensor.Float64)))
	s, err := search.NewRandom(hinge, w, search.Tries{Scale: 1, Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		fmt.Println(err)
		return
	}
	lowest := 0.0
	for try, err := range s.Try(1000, slices.Values([]autodiff.Batch{line})) {
		if err != nil {
			fmt.Println(err)
			return
		}
		lowest = try.Lowest
	}
	fmt.Println(lowest < 0.05)
	// Output: true
}

// Weighted tries find the way down without a derivative.
func ExampleWeighted() {
	w := autodiff.NewParam("W", tensor.New(tensor.WithShape(1, 2), tensor.Of(tensor.Float64)))
	s, err := search.NewWeighted(hinge, w, search.Weighting{Tries: 1000}, search.Tries{Scale: 0.01, Rand: rand.New(rand.NewPCG(1, 2))})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, step, err := s.Direction(slices.Values([]autodiff.Batch{line}))
	if err != nil {
		fmt.Println(err)
		return
	}
	down := []float64{7, 1} // at W = 0 the gradient is −1/3·Σ y·x = (−7/3, −1/3)
	cosine := floats.Dot(step, down) / floats.Norm(step, 2) / floats.Norm(down, 2)
	fmt.Println(cosine > 0.99)
	// Output: true
}

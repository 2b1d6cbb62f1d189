package nn_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"

	"declive/nn"
)

// printDrawn prints what an initialiser makes of the weights of 100 outputs with 200
// inputs.
func printDrawn(init nn.Init) {
	w := make([]float64, 100*200)
	init(w, 200, 100, rand.New(rand.NewPCG(1, 2)))
	fmt.Printf("deviation %.2f, from %.1f to %.1f\n", stat.StdDev(w, nil), floats.Min(w), floats.Max(w))
}

func ExampleZeros() {
	printDrawn(nn.Zeros())
	// Output: deviation 0.00, from 0.0 to 0.0
}

func ExampleConstant() {
	printDrawn(nn.Constant(0.5))
	// Output: deviation 0.00, from 0.5 to 0.5
}

func ExampleNormal() {
	printDrawn(nn.Normal(0.5))
	// Output: deviation 0.50, from -2.3 to 2.0
}

func ExampleUniform() {
	printDrawn(nn.Uniform(-1, 1))
	// Output: deviation 0.58, from -1.0 to 1.0
}

// The deviation is √(2/200).
func ExampleHeNormal() {
	printDrawn(nn.HeNormal())
	// Output: deviation 0.10, from -0.5 to 0.4
}

func ExampleHeUniform() {
	printDrawn(nn.HeUniform())
	// Output: deviation 0.10, from -0.2 to 0.2
}

// The deviation is √(2/(200 + 100)).
func ExampleGlorotNormal() {
	printDrawn(nn.GlorotNormal())
	// Output: deviation 0.08, from -0.4 to 0.3
}

func ExampleGlorotUniform() {
	printDrawn(nn.GlorotUniform())
	// Output: deviation 0.08, from -0.1 to 0.1
}

// Rows are of length 1 and orthogonal.
func ExampleOrthogonal() {
	w := make([]float64, 2*3)
	nn.Orthogonal(1)(w, 3, 2, rand.New(rand.NewPCG(1, 2)))
	a, b := w[:3], w[3:]
	fmt.Printf("%.3f %.3f %.3f\n", floats.Norm(a, 2), floats.Norm(b, 2), floats.Dot(a, b)*floats.Dot(a, b))
	// Output: 1.000 1.000 0.000
}

// A parameter has a name, by which it is saved and grouped, and a value.
func ExampleNewParam() {
	p := nn.NewParam("gate/a", nn.Constant(0.25), nil, 2, 3)
	fmt.Println(p.Name(), p.Shape(), p.Value().Data())
	// Output: gate/a (2, 3) [0.25 0.25 0.25 0.25 0.25 0.25]
}

package autodiff_test

import (
	"errors"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A program is compiled once for the nodes that are wanted and run on any number
// of batches.
func ExampleCompile() {
	w := autodiff.NewParam("w", vector(1, -1))
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3, 2)
	mean := x.Mul(g.Param(w)).Sum(1).Mean()
	dw, err := autodiff.Grad(mean, g.Param(w))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := autodiff.Compile(mean, dw...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, batch := range [][]float64{{1, 2, 3, 4, 5, 9}, {0, 1, 0, 1, 0, 1}} {
		out, err := p.Run(x.Feed(tensor.New(tensor.WithShape(3, 2), tensor.WithBacking(batch))))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(out.Scalar(0), out.Value(1).Data())
	}
	// Output:
	// -2 [3 5]
	// -1 [0 1]
}

// The cotangent of a vector: the gradient of 1·y₀ + 10·y₁, without that sum.
func ExampleGradOf() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(3, 4))
	dx, err := autodiff.GradOf(x.Square(), g.Constant(vector(1, 10)), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	show(dx[0])
	// Output: (2) [6 80]
}

// The same op on other operands: a graph is copied with something changed.
func ExampleGraph_Repeat() {
	g := autodiff.NewGraph(tensor.Float64)
	y := g.Constant(vector(1, 2, 3)).Pow(2.5)
	show(y, g.Repeat(y, g.Constant(vector(4, 9)), y.Inputs()[1]))
	// Output:
	// (3) [1 5.657 15.59]
	// (2) [32 243]
}

// A step whose loss is not finite changes no parameter.
func ExampleNonFiniteError() {
	w := autodiff.NewParam("w", vector(-1))
	g := autodiff.NewGraph(tensor.Float64)
	loss := g.Param(w).Log().Sum()
	step, err := autodiff.Compile(loss, g.Assign(w, g.Param(w).AddScalar(5)))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = step.Run()
	var e *autodiff.NonFiniteError
	fmt.Println(errors.As(err, &e) && math.IsNaN(e.Value), w.Value().Data())
	// Output: true [-1]
}

// A layer that adds noise while it learns, and none when it is judged. The noise
// is a further value of the batch.
func ExampleGraph_Training() {
	noisy := func(x *autodiff.Node) *autodiff.Node {
		if !x.Graph().Training() {
			return x
		}
		return x.Add(x.Graph().Given("noise"))
	}
	for _, g := range []*autodiff.Graph{autodiff.NewTrainingGraph(tensor.Float64), autodiff.NewGraph(tensor.Float64)} {
		noise, x := g.Input("noise", 2), g.Constant(vector(3, 4))
		p, err := autodiff.Compile(noisy(x))
		if err != nil {
			fmt.Println(err)
			return
		}
		out, err := p.Run(noise.Feed(vector(0.5, -0.5)))
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(g.Training(), out.Value(0).Data())
	}
	// Output:
	// true [3.5 3.5]
	// false [3 4]
}

// The same numbers for the same seed and step, on every computer.
func ExampleGraph_Random() {
	g := autodiff.NewGraph(tensor.Float64)
	show(g.Random(1, g.Scalar(1), 2, 2), g.Random(1, g.Scalar(2), 2, 2), g.Random(1, g.Scalar(1), 4))
	// Output:
	// (2, 2) [0.9368 0.2418 0.08268 0.5453]
	// (2, 2) [0.7948 0.8919 0.7298 0.221]
	// (4) [0.9368 0.2418 0.08268 0.5453]
}

// Two processes that share a seed draw other numbers.
func ExampleGraph_SetStream() {
	for stream := range uint64(2) {
		g := autodiff.NewGraph(tensor.Float64)
		g.SetStream(stream)
		show(g.Random(1, g.Scalar(1), 4))
	}
	// Output:
	// (4) [0.9368 0.2418 0.08268 0.5453]
	// (4) [0.8371 0.06672 0.000227 0.006215]
}

// What depends on an output can begin before the run ends.
func ExampleProgram_Watch() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Constant(vector(1, 2, 3))
	sum := x.Sum()
	p, err := autodiff.Compile(sum, x.Sub(sum).Exp().Sum())
	if err != nil {
		panic(err)
	}
	p.Watch(func(output int) {
		if output >= 0 {
			fmt.Printf("output %d is %.4f\n", output, p.Output(output).Float64s()[0])
		}
	})
	if _, err := p.Run(); err != nil {
		panic(err)
	}
	// Output:
	// output 0 is 6.0000
	// output 1 is 0.0748
}

package autodiff_test

import (
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

func vector(xs ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(xs)), tensor.WithBacking(xs))
}

func ExampleGrad() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x")
	y := x.Tanh()
	dx, err := autodiff.Grad(y, x)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := autodiff.Compile(y, dx...)
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := p.Run(x.Feed(tensor.New(tensor.FromScalar(0.0))))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("tanh(0) =", out.Scalar(0), " tanh′(0) =", out.Scalar(1))
	// Output: tanh(0) = 0  tanh′(0) = 1
}

// A gradient is a graph like any other: here its product with a vector is
// differentiated again, which multiplies the vector by the Hessian.
func ExampleGrad_secondDerivative() {
	g := autodiff.NewGraph(tensor.Float64)
	x, v := g.Input("x", 2), g.Input("v", 2)
	f := x.Pow(3).Sum()
	dx, _ := autodiff.Grad(f, x)
	hv, _ := autodiff.Grad(dx[0].Mul(v).Sum(), x)
	p, _ := autodiff.Compile(hv[0])
	out, err := p.Run(x.Feed(vector(1, 2)), v.Feed(vector(1, 10)))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(out.Value(0).Data())
	// Output: [6 120]
}

// A training step is a loss together with the assignments that it leads to.
func ExampleGraph_Assign() {
	w := autodiff.NewParam("w", vector(0, 0))
	g := autodiff.NewGraph(tensor.Float64)
	W := g.Param(w)
	loss := W.Sub(g.Constant(vector(3, -1))).Square().Sum()
	dW, _ := autodiff.Grad(loss, W)
	step, err := autodiff.Compile(loss, g.Assign(w, W.Sub(dW[0].MulScalar(0.25))))
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		out, err := step.Run()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(out.Scalar(0), w.Value().Data())
	}
	// Output:
	// 10 [1.5 -0.5]
	// 2.5 [2.25 -0.75]
	// 0.625 [2.625 -0.875]
}

// A mistake in recording panics with the op, the place, the reason and the
// shapes; Catch turns that panic into an error.
func ExampleCatch() {
	record := func() (err error) {
		defer autodiff.Catch(&err)
		g := autodiff.NewGraph(tensor.Float32)
		g.Input("x", 2, 3).MatMul(g.Input("y", 4, 5))
		return nil
	}
	fmt.Println(record())
	// Output: autodiff: MatMul at example_test.go:88: inner dimensions differ: (2, 3) · (4, 5)
}

// Interpret computes any nodes of a graph, for a look at what is inside.
func ExampleInterpret() {
	g := autodiff.NewGraph(tensor.Float64)
	x := g.Input("x", 3)
	h := x.ReLU()
	values, err := autodiff.Interpret([]autodiff.Feed{x.Feed(vector(-1, 0, 2))}, h, h.Sum())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(values[0].Data(), values[1].Data())
	// Output: [0 0 2] 2
}

func ExampleProgram_String() {
	g := autodiff.NewGraph(tensor.Float32)
	x, y := g.Input("x", 256, 3072), g.Labels("y", 256)
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(10, 3072), tensor.Of(tensor.Float32)))
	s := x.MatMul(g.Param(w).T())
	loss := s.Sub(s.Pick(y)).AddScalar(1).ReLU().Sum(1).Mean()
	dw, _ := autodiff.Grad(loss, g.Param(w))
	p, err := autodiff.Compile(loss, dw...)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(p)
	// Output:
	// 4 instructions, 133184 bytes held, 133184 in use at once
	//   0  MatMul → %4(256, 10)                              3278848 B       15728640 flop
	//   1  loop 256×10: Pick+Sub+Add+ReLU+Sum+Sum+Greater+Where+Sum+Neg+OneHot+Where+Add → %12(1, 1) → %33(256, 10)        21520 B          28672 flop
	//   2  loop 1×1: Mul → %16(1, 1)                              12 B              1 flop
	//   3  MatMul → %37(10, 3072)                            3278848 B       15728640 flop
}

func ExampleGraph_DOT() {
	g := autodiff.NewGraph(tensor.Float64)
	x, w := g.Input("x", 2), g.Param(autodiff.NewParam("w", vector(1, 2)))
	x.Mul(w).Sum().MulScalar(0.5)
	fmt.Print(g.DOT())
	// Output:
	// digraph declive {
	// 	rankdir=BT;
	// 	n0 [shape=house, label="x (2)"];
	// 	n1 [shape=box, label="w (2)"];
	// 	n2 [shape=ellipse, label="Mul (2)"];
	// 	n0 -> n2 [headlabel=0];
	// 	n1 -> n2 [headlabel=1];
	// 	n3 [shape=ellipse, label="Sum (1)"];
	// 	n2 -> n3;
	// 	n4 [shape=ellipse, label="Reshape ()"];
	// 	n3 -> n4;
	// 	n5 [shape=plaintext, label="0.5"];
	// 	n6 [shape=ellipse, label="Mul ()"];
	// 	n4 -> n6 [headlabel=0];
	// 	n5 -> n6 [headlabel=1];
	// }
}

// What a batch holds, not its numbers.
func ExampleBatch_String() {
	fmt.Println(autodiff.Batch{
		X:    tensor.New(tensor.WithShape(64, 784), tensor.Of(tensor.Float32)),
		Y:    tensor.New(tensor.WithShape(64), tensor.Of(tensor.Int)),
		More: []autodiff.Named{{Name: "weights", Value: tensor.New(tensor.WithShape(64), tensor.Of(tensor.Float32))}},
	})
	fmt.Println(autodiff.Batch{})
	// Output:
	// X (64, 784) float32, Y (64) int, weights (64) float32
	// an empty batch
}

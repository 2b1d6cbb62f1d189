package curvature_test

import (
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/optim/curvature"
)

// valley records x² − y² + y⁴/4 of a parameter (x, y): a saddle at the origin
// between two minima.
func valley(w *autodiff.Param) autodiff.LossFunc {
	return func(in, _ *autodiff.Node) *autodiff.Node {
		p := in.Graph().Param(w)
		x, y := p.Slice(0, 0, 1), p.Slice(0, 1, 2)
		return x.Square().Sub(y.Square()).Add(y.Pow(4).DivScalar(4)).Sum()
	}
}

func point(x ...float64) *autodiff.Param {
	return autodiff.NewParam("w", tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x)))
}

func ExampleObjective() {
	w := point(3, 2)
	o, err := curvature.NewObjective(valley(w), []*autodiff.Param{w}, autodiff.Batch{})
	if err != nil {
		fmt.Println(err)
		return
	}
	g := make([]float64, o.Dim())
	loss, err := o.Gradient(g)
	fmt.Println(loss, g, err)
	h, err := o.Hessian()
	fmt.Println(mat.Formatted(h), err)
	// Output:
	// 9 [6 4] <nil>
	// ⎡ 2   0⎤
	// ⎣ 0  10⎦ <nil>
}

// Along (3, 4) the curvature of the valley at (3, 2) is (2·3, 10·4).
func ExampleObjective_HessianProduct() {
	w := point(3, 2)
	o, err := curvature.NewObjective(valley(w), []*autodiff.Param{w}, autodiff.Batch{})
	if err != nil {
		fmt.Println(err)
		return
	}
	hv := make([]float64, o.Dim())
	err = o.HessianProduct(hv, []float64{3, 4})
	fmt.Println(hv, err)
	// Output: [6 40] <nil>
}

// Two steps find both eigenvalues of two dimensions.
func ExampleObjective_ExtremeEigenpairs() {
	w := point(3, 2)
	o, err := curvature.NewObjective(valley(w), []*autodiff.Param{w}, autodiff.Batch{})
	if err != nil {
		fmt.Println(err)
		return
	}
	lowest, highest, err := o.ExtremeEigenpairs(2, rand.New(rand.NewPCG(1, 2)))
	fmt.Printf("%.3f %.3f %v\n", lowest.Value, highest.Value, err)
	// Output: 2.000 10.000 <nil>
}

func ExampleClassify() {
	for _, w := range []*autodiff.Param{point(0, 0), point(1, 0)} {
		o, err := curvature.NewObjective(valley(w), []*autodiff.Param{w}, autodiff.Batch{})
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := curvature.Classify(o, curvature.Criteria{})
		fmt.Println(p, err)
	}
	// Output:
	// saddle: loss 0, gradient 0, curvature from -2 to 2, zero up to 2e-06 <nil>
	// sloped: loss 1, gradient 2, curvature from -2 to 2, zero up to 2e-06 <nil>
}

// Newton's method runs into the saddle, the saddle-free one past it.
func ExampleSaddleFreeNewton() {
	for _, method := range []curvature.Method{curvature.Newton{}, curvature.SaddleFreeNewton{}} {
		w := point(0.5, 0.1)
		d := curvature.NewDescent(valley(w), []*autodiff.Param{w}, method)
		for range 20 {
			if _, err := d.Step(autodiff.Batch{}); err != nil {
				fmt.Println(err)
				return
			}
		}
		loss, err := d.Step(autodiff.Batch{})
		fmt.Printf("%T %.3f %v\n", method, loss+0, err)
	}
	// Output:
	// curvature.Newton 0.000 <nil>
	// curvature.SaddleFreeNewton -1.000 <nil>
}

// Near a minimum every step doubles the number of right digits.
func ExampleNewton() {
	w := point(0.1, 1.5)
	d := curvature.NewDescent(valley(w), []*autodiff.Param{w}, curvature.Newton{})
	for range 3 {
		loss, err := d.Step(autodiff.Batch{})
		fmt.Printf("%.1e above the minimum, %v\n", loss+1, err)
	}
	// Output:
	// 2.6e-02 above the minimum, <nil>
	// 9.4e-05 above the minimum, <nil>
	// 4.8e-09 above the minimum, <nil>
}

// numerical is gradient descent with the slope found by trying, one weight at a
// time: w ← w − η·(L(w + h·eᵢ) − L(w))/h.
type numerical struct{ learningRate float64 }

func (m numerical) Direction(o *curvature.Objective) (float64, []float64, error) {
	loss, err := o.Loss()
	if err != nil {
		return 0, nil, err
	}
	w := o.Point()
	step := gradcheck.Forward(o.Problem().Func, w, gradcheck.Step)
	floats.Scale(-m.learningRate, step)
	return loss, step, o.Move(w)
}

// A method of one's own.
func ExampleMethod() {
	w := point(1)
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Square().Sum() }
	d := curvature.NewDescent(loss, []*autodiff.Param{w}, numerical{learningRate: 0.25})
	for range 3 {
		value, err := d.Step(autodiff.Batch{})
		fmt.Printf("%.4f %v\n", value, err)
	}
	// Output:
	// 1.0000 <nil>
	// 0.2500 <nil>
	// 0.0625 <nil>
}

func ExampleObjective_Minimise() {
	w := point(3, 2)
	o, err := curvature.NewObjective(valley(w), []*autodiff.Param{w}, autodiff.Batch{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := o.Minimise(&optimize.LBFGS{}, &optimize.Settings{GradientThreshold: 1e-6})
	fmt.Printf("%.4f %v\n", result.F, err)
	// Output: -1.0000 <nil>
}

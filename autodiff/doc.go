// Package autodiff records computations as graphs and differentiates them by
// backpropagation.
//
// A [Graph] is recorded by calling methods of its nodes: [Graph.Input],
// [Graph.Labels] and [Graph.Param] make the leaves, [Node.MatMul], [Node.Add]
// and the other ops the rest. [Grad] adds the nodes of a gradient, [Compile]
// turns the nodes that are wanted into a [Program], and [Program.Run] runs it:
//
//	g := autodiff.NewGraph(tensor.Float64)
//	x := g.Input("x", 256, 3072)
//	W := g.Param(w)
//	loss := x.MatMul(W.T()).ReLU().Mean()
//	grads, err := autodiff.Grad(loss, W)
//	p, err := autodiff.Compile(loss, grads...)
//	out, err := p.Run(x.Feed(batch))
//	fmt.Println(out.Scalar(0), out.Value(1))
//
// An op whose operands do not fit panics with an [*Error], which names the op,
// the shapes and the line that recorded it; functions that return an error turn
// that panic, and no other, into the error. What arrives at run time, feeds and
// their elements, is only ever reported by errors.
//
// # Ops
//
// Ops of two numbers broadcast by NumPy's rule. An op without axes takes all
// elements; with a suffix Keep the axes stay, with length 1.
//
//	arithmetic      Add Sub Mul Div          a + b, a − b, a·b, a/b
//	                AddScalar SubScalar      x + c, x − c
//	                MulScalar DivScalar      c·x, x/c
//	                Neg Square Pow Sqrt      −x, x², x^c, √x
//	exponentials    Exp Expm1                eˣ, eˣ − 1
//	                Log Log1p                ln x, ln(1 + x)
//	                Tanh Sigmoid             tanh x, 1/(1 + e⁻ˣ)
//	                Softplus LogSigmoid      ln(1 + eˣ), −ln(1 + e⁻ˣ)
//	trigonometry    Sin Cos                  sin x, cos x
//	activations     Erf Erfc                 2/√π ∫₀ˣ e^−t² dt, 1 − erf x
//	                GELU SiLU                x·Φ(x), x·σ(x)
//	                GELUTanh GELUSigmoid     approximations of GELU
//	                LeakyReLU ELU CELU       x above 0, else c·x, α·(eˣ − 1), α·(e^(x/α) − 1)
//	by pieces       ReLU Abs Sign            max(x, 0), |x|, −1 or 0 or 1
//	                Max Min Clamp            max(a, b), min(a, b), min(max(x, lo), hi)
//	                Greater GreaterEqual     1 where a > b, a ≥ b, else 0
//	                Less LessEqual           1 where a < b, a ≤ b, else 0
//	                Equal NotEqual           1 where a = b, a ≠ b, else 0
//	                Where                    a where mask ≠ 0, else b
//	products        MatMul                   a·b of matrices
//	                Sparse.MatMul            S·b of a matrix with few elements
//	images          Conv2D                   windows times weights
//	                MaxPool2D AvgPool2D      max and mean of windows
//	reductions      Sum Mean                 Σ x, Σ x/n              SumKeep MeanKeep
//	                Variance                 Σ (x − μ)²/n            VarianceKeep
//	                ReduceMax Norm           max x, √Σ x²            ReduceMaxKeep NormKeep
//	                LogSumExp                ln Σ eˣ
//	along an axis   Softmax LogSoftmax       eˣ/Σ eˣ, x − ln Σ eˣ
//	                Normalize                (x − μ)/√(σ² + ε), over any axes
//	layout          T Transpose Reshape      xᵀ, axes in another order, another shape
//	                Broadcast Slice Pad      repeated, a part, zeros around
//	                Concat                   arrays joined along an axis
//	labels          Pick OneHot              s[i, yᵢ], 1 where j = yᵢ and else 0
//	random numbers  Graph.Random             between 0 and 1, of a seed and a step
//	control         StopGradient             x, but constant for Grad
//	                Graph.Assign             a parameter's new value
//
// [Node.Traits] tells what an op does to those who walk through a graph, and
// [Ops] lists the ops that have a derivative of their own; the others are formulas.
//
// # Limits
//
// The package knows nothing of layers, losses or optimisers, and it has no
// control flow: a graph is a fixed computation on fixed shapes.
package autodiff

// Package bridge connects graphs of autodiff with those of
// gorgonia.org/gorgonia, an independent engine.
//
// A Gorgonia program runs on Declive when one line is changed, from
// gorgonia.NewTapeMachine to [NewMachine]; its graph, its gradients and its
// solvers stay:
//
//	machine := bridge.NewMachine(g, gorgonia.BindDualValues(w, b))
//
// [Import] records a Gorgonia graph on Declive, to be differentiated or compiled
// there. In the other direction, [Lower] records a loss on Gorgonia and has Gorgonia differentiate it: a second
// opinion on a gradient.
//
//	l, err := bridge.Lower(loss, x, W)
//	value, grads, err := l.Run(x.Feed(batch))
//
// Everything is reported by errors, also what Gorgonia panics with. Gorgonia
// v0.9.18 is what was tested.
//
// Imported are arithmetic, powers with constant exponents, comparisons,
// products of vectors and matrices, batched products, tensor contractions, all
// unary functions but ceil and floor, Sum, Max, MaxBetween, MinBetween, Reshape,
// Transpose, slices of step 1, Concat, broadcasts, SoftMax, LogSoftMax, Dropout,
// convolutions, maximum pools, BatchNorm, and what Gorgonia composes of these.
// Average pools, Sparsemax, ByIndices and random nodes are not. Gradients are imported
// as Gorgonia has derived them, except those of Dropout and of a BatchNorm that does
// not train, which it has wrong. A program's runs draw masks and move the running
// statistics of a [Machine]; those of an Imported stay.
//
// The lowering uses Gorgonia's ops, with its derivatives, where these are right,
// and composes the others:
//
//	Add Sub Mul Div Pow, comparisons       as they are, after broadcasting by Broadcast as the second of three axes
//	Neg Exp Expm1 Log Log1p Sqrt           as they are
//	Sin Cos Tanh                           as they are
//	Sigmoid Softplus Abs                   as they are
//	MatMul Transpose                       Mul, Transpose
//	Sum                                    Sum over one axis of an array of at most three
//	Sign                                   (x > 0) − (x < 0); Gorgonia's Sign of 0 is 1
//	ReLU                                   x·(x > 0); the derivative of Gorgonia's Rectify at 0 is 1
//	Max Min Where                          m·a + (1 − m)·b with a mask m; at a tie MaxBetween gives all to a
//	ReduceMax                              mean of the elements equal to Gorgonia's Max, which at a tie counts the gradient repeatedly
//	Slice Pad Concat                       products with matrices of 0 and 1; Gorgonia has no Pad, and takes slices 256 apart for the same
//	Conv2D                                 Conv2d between transposes, after other padding where sides differ
//	MaxPool2D                              MaxPool2D between transposes; unequal padding is refused
//	Normalize                              the formula; Gorgonia takes batch normalisations of other ε for the same
//	Random                                 inputs, which its definition fills at each run
//	Pick OneHot                            products with one-hot rows, which labels are fed as
//	Reshape                                an op of this package that copies; Gorgonia's shares memory that its tape machine overwrites
//	StopGradient                           an op of this package; Gorgonia has none
//	constants                              inputs with a value; Gorgonia takes constants that print alike for the same
//	arrays of one element                  scalars
//	empty arrays                           refused, and so are images and filters of one element
//
// Products with masks make NaN of 0·∞, so ∞ and NaN must stay out of branches
// that are not taken. Gorgonia's Log2 and InverseSqrt, whose derivatives are
// wrong, its LogSumExp, whose value is, and its SoftMax and LogSoftMax, which
// become one node if both are taken of the same array, have no op here that
// would need them.
package bridge

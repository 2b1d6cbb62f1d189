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
// The package knows nothing of layers, losses or optimisers, and it has no
// control flow: a graph is a fixed computation on fixed shapes.
package autodiff

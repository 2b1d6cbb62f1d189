// Package exec runs programs.
//
// A [Program] is plain data: which arrays there are, where they lie, and a list
// of instructions, each a struct with exported fields. It has no precision but a
// flag, and no memory; any number of machines may share one. [NewMachine] gives it
// both, and a [Machine] runs it:
//
//	m := exec.NewMachine(program)
//	m.Feed(slot, exec.Array{Float32: x})
//	suspect := m.Compute()
//	bad := m.Commit()
//	y := m.Output(0)
//
// Each instruction has a file of its own: its data, and how it runs.
//
//	Loop     elementwise functions, reductions and broadcasts, tile by tile
//	Product  a product of matrices with what follows it
//	Convolution  of images, or its gradients, with what follows it
//	MaxPool, Pooled  the largest elements of windows, and others at their places
//	Sparse   a product with a matrix of few elements, stored by rows
//	Move     elements to other places
//	Fold     a reduction over axes in the middle
//	Rows     a program for some rows of a batch, run on all of them in turn
//	Call     a definition in Go
//
// The package knows no graph and no op. What to compute, in which order and
// where, has been decided; it trusts the program that it is given, and a wrong
// one panics. Errors of a user's data are found by whoever feeds it: the package
// only says which results are not finite.
package exec

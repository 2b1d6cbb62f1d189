// Package kernel holds the inner loops of Declive: matrix products, elementwise
// functions and reductions on slices of float32 and float64, and the pool of
// workers they share.
//
// A matrix product is planned once with [NewGemm] for its shape and layout and
// then run on any operands with [Gemm.Run], without allocating. The other
// kernels are functions of slices. [Do] splits work over the cores, and [Ahead]
// lets those that are free begin with what comes next.
//
// Every kernel has a plain Go version, which is its definition, and may have
// assembly for the instruction sets found at start. The result of a call
// depends on the instruction set and on the shape of the work, never on the
// number of cores: the same call returns the same bits under any GOMAXPROCS.
//
// Implementations agree to the bit in arithmetic, comparisons and reductions;
// the exponential and its relatives agree within the errors that [UnaryOp]
// states.
//
// Lengths and strides are the caller's promise. A slice too short for its shape
// is a mistake in the program and panics before anything is written; values are
// never checked, NaN and infinities travel through the arithmetic.
//
// The package knows nothing of tensors, graphs or broadcasting beyond the
// strides of two-dimensional operands, and it supports no other element types.
package kernel

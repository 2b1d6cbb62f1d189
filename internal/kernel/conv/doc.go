// Package conv computes two-dimensional convolutions and their gradients, of
// images of shape (batch, height, width, channels) with weights of shape (out,
// height, width, in), in float32 and float64. What holds for all kernels is said
// in package kernel.
//
// A product is planned once with [New] for its [Geometry] and [Role] and then run
// on any operands with [Plan.Run], in memory that the caller provides, without
// allocating. It is divided among the cores of package pool, in parts that follow
// from the shape alone.
//
// There are two ways to compute it, and the shape alone decides which:
//
//   - directly. A tile kernel finds rows of the image through a table of pixels and
//     a table of taps, in memory with zeros around the image, so that windows of any
//     size, strides and padding are products of matrices without copies of patches.
//   - by Winograd's algorithm F(4,3), for windows of 3×3 with stride 1 in float32: it
//     transforms tiles of data and weights, and needs a quarter of the
//     multiplications. Rounding errors are two to three times those of the direct
//     sum. A NaN, an infinity or a number beyond 10³⁷ reaches the tiles of 4×4
//     results whose data it belongs to, or, in the gradient of the weights, all nine
//     of its pair of channels.
//
// [MaxPool] takes the largest elements of windows and notes where they were.
//
// The package knows nothing of dilation and of groups of channels.
package conv

//go:generate go -C ../_asm run ./conv -pkg conv -out ../conv/conv_amd64.s -go ../conv/kernels_amd64.go
//go:generate go -C ../_asm run ./conv -arch arm64 -pkg conv -out ../conv/conv_arm64.s -go ../conv/kernels_arm64.go

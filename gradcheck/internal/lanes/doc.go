// Package lanes evaluates a recorded function at many moves of one variable in
// one run.
//
// Moving one element of a variable changes little of most values that are
// computed from it. How much is a node's reach:
//
//	fixed    nothing: the node does not depend on the variable
//	element  one element, computed elementwise from the one that moved
//	column   one column of a matrix, or one channel of images: a product a·w
//	         changes by δ·a[:, i] in column j when w[i, j] moves by δ, a rank-one
//	         update, and a convolution by δ times a shifted channel of its images
//	         in channel k when w[k, r, s, c] moves; so does the sum of any such
//	         and a bias. Pools and norms of channels keep the column, and so do
//	         images that are flattened
//	whole    anything
//
// A lane program evaluates many such moves side by side. It computes one number
// for each lane where the reach is an element, a column where it is a column,
// and everything from where the column is mixed up: by the next product, which
// is again an update of low rank, by the next convolution, which adds one of a
// single channel, or by a sum.
//
// [Record] records the program of a variable, and [Program.Prober] compiles it for
// one goroutine. What the lanes compute is the function up to rounding; the caller
// compares some of it with complete evaluations.
package lanes

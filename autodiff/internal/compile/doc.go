// Package compile makes programs of computations.
//
// [Compile] calls a function that records a computation with a [Builder], which
// simplifies on the way, sends it through the passes that passes.go lists, and
// returns a [Program], whose [Program.Code] package exec runs. The README beside this
// file shows a training step after every pass.
//
// Terms, each used in one sense:
//
//	view     a node that has the memory of another: a reshape, an assignment
//	value    any other node that is needed; a leaf, or computed
//	group    the values that one instruction computes, its members
//	domain   the rows and columns that a loop runs over, the rows in blocks
//	place    how an array lies in a domain: whether its elements differ by block,
//	         by row of a block, by column
//	closing  a reduction over the rows of a loop, known when the loop has ended
//	slot     the number of an array in a program: the id of its node
//	rows     the rows of a batch; a computation on rows runs block by block
//
// An op of this package, see graph.go, says in one place what all passes have to
// know of it: its shape, what it does to the rows of a batch, the loop or the
// instruction that computes it. Nothing here knows the graph that users record;
// package autodiff translates it, in lower.go.
//
// A contradiction inside the package, such as a wrong rule, is an error of Compile
// that says so. What users do wrong has been found by whoever records.
package compile

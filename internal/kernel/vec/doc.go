// Package vec holds the loops that go over vectors and matrices element by
// element: functions of one and two numbers, sums and maxima, transposes and
// gathers of rows, on slices of float32 and float64. What holds for all kernels
// is said in package kernel.
//
// [Unary], [Binary], [Select], [ReduceRows] and [ReduceCols] take the function
// as a value. Implementations agree to the bit in arithmetic, comparisons and
// reductions; the exponential and its relatives agree within the errors that
// [UnaryOp] states.
//
// A function does not divide its work among cores, and does not allocate.
package vec

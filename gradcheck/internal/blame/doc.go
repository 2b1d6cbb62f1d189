// Package blame finds the op that is to blame for a wrong gradient of a function
// that is known as a graph.
//
// A gradient may be wrong because the derivative of an op of the graph is. Then
// [Case.Operation] checks each op by itself. Or it comes from elsewhere, from a
// backward pass that was written by hand, and the graph's own gradient is right:
// then [Case.Hypothesis] tries mistakes that such a pass may make at one node, and
// [Case.Origin] asks, without a guess at the mistake, at which node an error comes
// in that explains the wrong gradients of all variables.
package blame

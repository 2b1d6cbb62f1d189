// Package gradient is the view of the gradient check: the derivatives of a small model
// by backpropagation beside those by differences, weight by weight, and what the
// checker says of a gradient with a fault in it.
package gradient

// Package autodiff records computations as graphs and differentiates them by
// backpropagation.
package autodiff

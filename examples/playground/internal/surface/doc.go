// Package surface is the view of losses of two weights: methods race down one of them
// from the same start.
//
// Every surface is a mean over examples, each of which sees it tilted or with points
// of its own, so that a minibatch has a gradient with noise.
package surface

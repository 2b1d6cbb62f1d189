// Package digits is the view of handwriting: a classifier of images learns, its
// weights are shown as images, and it names what is drawn.
package digits

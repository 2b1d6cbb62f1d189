package onnx

import (
	"fmt"

	"declive/autodiff"
	"declive/nn"
)

// Images of ours are of shape (n, height, width, channels), those of ONNX of shape
// (n, channels, height, width). Each operator on images stands between two Transpose,
// so that all layers beside it see our order; programs that read a graph drop pairs
// that undo each other.
var (
	toONNX   = []int{0, 3, 1, 2}
	fromONNX = []int{0, 2, 3, 1}
)

// onImages adds an operator whose first operand and result are images.
func (g *graph) onImages(op string, attributes []attribute, in ...string) string {
	in[0] = g.nodeWith("Transpose", []attribute{{name: "perm", list: toONNX}}, in[0])
	y := g.nodeWith(op, attributes, in...)
	return g.nodeWith("Transpose", []attribute{{name: "perm", list: fromONNX}}, y)
}

// convolution adds x * W + b.
func (g *graph) convolution(l *nn.Conv2D, x string) (string, error) {
	in, err := g.params(x, l.Weight, l.Bias)
	if err != nil {
		return "", err
	}
	s := l.Weight.Shape()
	return g.onImages("Conv", windows(l.Window, s[1], s[2]), in...), nil
}

// average adds the means of windows, to which the padding counts as 0.
func (g *graph) average(l nn.AvgPool2D, x string) (string, error) {
	at := windows(l.Windows(), l.Size, l.Size)
	for _, pad := range at[2].list {
		if pad >= l.Size { // which ONNX Runtime refuses, though the format does not
			return "", fmt.Errorf("an nn.AvgPool2D with padding %d cannot be written, which must be below its size, %d", pad, l.Size)
		}
	}
	return g.onImages("AveragePool", append(at, attribute{name: "count_include_pad", value: 1}), x), nil
}

// global adds the mean or maximum of all pixels.
func (g *graph) global(l nn.GlobalPool, x string) string {
	op := "ReduceMean"
	if l.Max {
		op = "ReduceMax"
	}
	return g.nodeWith(op, []attribute{{name: "axes", list: []int{1, 2}}, {name: "keepdims", value: 0}}, x)
}

// windows returns where windows of rows×columns pixels lie.
func windows(w autodiff.Window, rows, columns int) []attribute {
	top, bottom := w.Pad+w.Pads[0][0], w.Pad+w.Pads[0][1]
	left, right := w.Pad+w.Pads[1][0], w.Pad+w.Pads[1][1]
	return []attribute{
		{name: "kernel_shape", list: []int{rows, columns}},
		{name: "strides", list: []int{max(1, w.Stride+w.Strides[0]), max(1, w.Stride+w.Strides[1])}},
		{name: "pads", list: []int{top, left, bottom, right}},
	}
}

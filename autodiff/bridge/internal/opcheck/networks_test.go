package opcheck

import (
	"math"

	G "gorgonia.org/gorgonia"
)

func conv2d(kernel shape, pad, stride, dilation []int) func(G.Nodes) (*G.Node, error) {
	return binary(func(x, w *G.Node) (*G.Node, error) { return G.Conv2d(x, w, kernel, pad, stride, dilation) })
}

type pool func(x *G.Node, kernel shape, pad, stride []int) (*G.Node, error)

func (f pool) of(kernel shape, pad, stride []int) func(G.Nodes) (*G.Node, error) {
	return unary(func(x *G.Node) (*G.Node, error) { return f(x, kernel, pad, stride) })
}

// batchNorm scales and shifts in training: with the statistics of the batch.
func batchNorm(in G.Nodes) (*G.Node, error) {
	y, _, _, _, err := G.BatchNorm(in[0], in[1], in[2], 0.9, 1e-5)
	return y, err
}

func groupNorm(in G.Nodes) (*G.Node, error) {
	return G.GroupNorm(in[0], in[1], in[2], 2, 4, 1e-5)
}

// ctc is the loss of sequences of 2 targets in 4 steps of 5 symbols, 3 times.
func ctc(in G.Nodes) (*G.Node, error) {
	g := in[0].Graph()
	return G.CTCLoss(in[0], integers(g, "targets", shape{3, 2}, 1, 2, 3, 4, 2, 1),
		integers(g, "steps", shape{0}, 4, 4, 4), integers(g, "lengths", shape{0}, 2, 2, 2), G.ReductionSum)
}

var image = []shape{{2, 3, 4, 6}} // examples, channels, rows, columns

// Ops of convolutional networks.
var networks = []subject{
	{op: "Im2Col 2×3", f: unary(func(x *G.Node) (*G.Node, error) {
		return G.Im2Col(x, shape{2, 3}, shape{0, 0}, shape{1, 1}, shape{1, 1})
	}), shapes: image, lo: -2, hi: 2},
	{op: "Conv2d 2×3", f: conv2d(shape{2, 3}, []int{0, 0}, []int{1, 1}, []int{1, 1}), shapes: []shape{{2, 3, 4, 6}, {5, 3, 2, 3}}, lo: -2, hi: 2},
	{op: "Conv2d 3×3, pad 1", f: conv2d(shape{3, 3}, []int{1, 1}, []int{1, 1}, []int{1, 1}), shapes: []shape{{2, 3, 4, 6}, {5, 3, 3, 3}}, lo: -2, hi: 2},
	{op: "Conv2d 2×3, pad 1 2", f: conv2d(shape{2, 3}, []int{1, 2}, []int{1, 1}, []int{1, 1}), shapes: []shape{{1, 2, 4, 5}, {3, 2, 2, 3}}, lo: -2, hi: 2},
	{op: "Conv2d 2×2, stride 2", f: conv2d(shape{2, 2}, []int{0, 0}, []int{2, 2}, []int{1, 1}), shapes: []shape{{2, 3, 4, 6}, {5, 3, 2, 2}}, lo: -2, hi: 2},
	{op: "Conv2d 2×2, stride 1 2", f: conv2d(shape{2, 2}, []int{0, 0}, []int{1, 2}, []int{1, 1}), shapes: []shape{{2, 3, 4, 6}, {5, 3, 2, 2}}, lo: -2, hi: 2},
	{op: "Conv2d 2×2, dilation 2", f: conv2d(shape{2, 2}, []int{0, 0}, []int{1, 1}, []int{2, 2}), shapes: []shape{{2, 3, 4, 6}, {5, 3, 2, 2}}, lo: -2, hi: 2},
	{op: "Conv1d 3", f: binary(func(x, w *G.Node) (*G.Node, error) { return G.Conv1d(x, w, 3, 0, 1, 1) }), shapes: []shape{{2, 3, 1, 6}, {5, 3, 1, 3}}, lo: -2, hi: 2},
	{op: "MaxPool2D 2×2", f: pool(G.MaxPool2D).of(shape{2, 2}, []int{0, 0}, []int{2, 2}), shapes: image, lo: -2, hi: 2},
	{op: "MaxPool2D 2×3", f: pool(G.MaxPool2D).of(shape{2, 3}, []int{0, 0}, []int{2, 3}), shapes: image, lo: -2, hi: 2},
	{op: "MaxPool2D 2×2, stride 1", f: pool(G.MaxPool2D).of(shape{2, 2}, []int{0, 0}, []int{1, 1}), shapes: image, lo: -2, hi: 2},
	{op: "MaxPool2D 3×3, pad 1", f: pool(G.MaxPool2D).of(shape{3, 3}, []int{1, 1}, []int{1, 1}), shapes: image, lo: -2, hi: 2},
	{op: "MaxPool2D, a tie", f: pool(G.MaxPool2D).of(shape{2, 2}, []int{0, 0}, []int{2, 2}), shapes: []shape{{1, 1, 2, 2}}, at: [][]float64{{1, 2, 2, 0}}},
	{op: "MaxPool1D 2", f: unary(func(x *G.Node) (*G.Node, error) { return G.MaxPool1D(x, 2, 0, 2) }), shapes: []shape{{2, 3, 1, 6}}, lo: -2, hi: 2},
	{op: "AveragePool2D 2×2", f: pool(G.AveragePool2D).of(shape{2, 2}, []int{0, 0}, []int{2, 2}), shapes: image, lo: -2, hi: 2},
	{op: "AveragePool2D 2×2", f: pool(G.AveragePool2D).of(shape{2, 2}, []int{0, 0}, []int{2, 2}), shapes: []shape{{1, 1, 4, 4}}, lo: -2, hi: 2},
	{op: "AveragePool2D 2×3", f: pool(G.AveragePool2D).of(shape{2, 3}, []int{0, 0}, []int{2, 3}), shapes: image, lo: -2, hi: 2},
	{op: "AveragePool1D 2", f: unary(func(x *G.Node) (*G.Node, error) { return G.AveragePool1D(x, 2, 0, 2) }), shapes: []shape{{2, 3, 1, 6}}, lo: -2, hi: 2, want: pairMeans},
	{op: "GlobalAveragePool2D", f: unary(G.GlobalAveragePool2D), shapes: image, lo: -2, hi: 2},
	{op: "Upsample2D 2", f: unary(func(x *G.Node) (*G.Node, error) { return G.Upsample2D(x, 2) }), shapes: []shape{{1, 2, 3, 4}}, lo: -2, hi: 2},
	{op: "BatchNorm", f: batchNorm, shapes: []shape{{6, 4}, {1, 4}, {1, 4}}, lo: -2, hi: 2},
	{op: "BatchNorm", f: batchNorm, shapes: []shape{{2, 3, 4, 5}, {1, 3, 1, 1}, {1, 3, 1, 1}}, lo: -2, hi: 2},
	{op: "GroupNorm", f: groupNorm, shapes: []shape{{3, 4, 2, 5}, {1, 4, 1, 1}, {1, 4, 1, 1}}, lo: -2, hi: 2},
	{op: "Dropout 0", f: unary(func(x *G.Node) (*G.Node, error) { return G.Dropout(x, 0) }), shapes: array, lo: -2, hi: 2},
	{op: "YOLOv3", f: unary(func(x *G.Node) (*G.Node, error) {
		return G.YOLOv3(x, []float32{10, 13, 16, 30, 33, 23}, []int{0, 1, 2}, 64, 2, 0.5)
	}), shapes: []shape{{1, 21, 2, 2}}, lo: -2, hi: 2},
	{op: "CTCLoss of LogSoftMax", f: func(in G.Nodes) (*G.Node, error) { return ctc(G.Nodes{G.Must(G.LogSoftMax(in[0], 2))}) }, shapes: []shape{{4, 3, 5}}, lo: -3, hi: -1},
	{op: "CTCLoss", f: ctc, shapes: []shape{{4, 3, 5}}, lo: -3, hi: -1},
}

// pairMeans is the reference of AveragePool1D over pairs.
func pairMeans(x [][]float64) []float64 {
	out := make([]float64, len(x[0])/2)
	for i := range out {
		out[i] = (x[0][2*i] + x[0][2*i+1]) / 2
	}
	return out
}

// bothSoftmaxes is softmax + log softmax along the rows of a 3×5 matrix.
func bothSoftmaxes(x [][]float64) []float64 {
	out := make([]float64, 15)
	for i := range out {
		lse := logSumExp([][]float64{x[0][i/5*5 : i/5*5+5]})[0]
		out[i] = math.Exp(x[0][i]-lse) + x[0][i] - lse
	}
	return out
}

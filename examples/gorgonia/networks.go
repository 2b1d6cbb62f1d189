package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// dense draws a matrix of float32, uniform in [−scale, scale).
func dense(f func() float64, scale float64, rows, cols int) *tensor.Dense {
	x := make([]float32, rows*cols)
	for i := range x {
		x[i] = float32((2*f() - 1) * scale)
	}
	return tensor.New(tensor.WithShape(rows, cols), tensor.WithBacking(x))
}

// stream returns a source of numbers uniform in [0, 1): stream s of
// examples/bench, SplitMix64 (Steele, Lea and Flood, 2014) started at s.
func stream(s uint64) func() float64 {
	next := bits(s)
	return func() float64 { return float64(next()>>11) * 0x1p-53 }
}

func bits(s uint64) func() uint64 {
	return func() uint64 {
		s += 0x9E3779B97F4A7C15
		z := (s ^ s>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		return z ^ z>>31
	}
}

// layers records a perceptron with ReLU between its layers and the mean cross
// entropy of the softmax of its scores, and returns the parameters too. The
// weights of layer i, uniform and scaled to its inputs, are from stream 10 + i.
func layers(x, y *G.Node, widths ...int) (loss *G.Node, params []*G.Node) {
	g := x.Graph()
	h := x
	for i := range len(widths) - 1 {
		in, out := widths[i], widths[i+1]
		w := G.NewMatrix(g, G.Float32, G.WithName(fmt.Sprint("w", i)), G.WithShape(in, out),
			G.WithValue(dense(stream(uint64(10+i)), math.Sqrt(6/float64(in)), in, out)))
		b := G.NewVector(g, G.Float32, G.WithName(fmt.Sprint("b", i)), G.WithShape(out), G.WithInit(G.Zeroes()))
		h = G.Must(G.BroadcastAdd(G.Must(G.Mul(h, w)), b, nil, []byte{0}))
		if out != widths[len(widths)-1] {
			h = G.Must(G.Rectify(h))
		}
		params = append(params, w, b)
	}
	logs := G.Must(G.Log(G.Must(G.SoftMax(h, 1))))
	right := G.Must(G.Sum(G.Must(G.HadamardProd(logs, y)), 1))
	return G.Must(G.Neg(G.Must(G.Mean(right)))), params
}

// network learns images in minibatches of 64, which are bound by Let.
func network(data string) (*program, error) {
	const size, classes = 64, 10
	set, err := images(data)
	if err != nil {
		return nil, err
	}
	g := G.NewGraph()
	x := G.NewMatrix(g, G.Float32, G.WithName("x"), G.WithShape(size, 784))
	y := G.NewMatrix(g, G.Float32, G.WithName("y"), G.WithShape(size, classes))
	loss, params := layers(x, y, 784, 128, classes)
	p, err := finish(loss, G.NewAdamSolver(G.WithLearnRate(1e-3)), params...)
	if err != nil {
		return nil, err
	}
	batches := minibatches(set, size)
	p.feed = func() error {
		b := batches[0]
		batches = append(batches[1:], b)
		if err := G.Let(x, b.X); err != nil {
			return err
		}
		return G.Let(y, b.Y)
	}
	return p, nil
}

// minibatches returns all full ones, with labels as rows with a single 1.
func minibatches(set *datasets.Dataset, size int) []autodiff.Batch {
	var out []autodiff.Batch
	for b := range set.Minibatches(size, generator()) {
		if b.X.Shape()[0] == size {
			x := append([]float32(nil), b.X.Float32s()...)
			out = append(out, autodiff.Batch{
				X: tensor.New(tensor.WithShape(size, len(x)/size), tensor.WithBacking(x)),
				Y: oneHot(b.Y.Ints(), 10),
			})
		}
	}
	return out
}

func oneHot(labels []int, classes int) *tensor.Dense {
	x := make([]float32, len(labels)*classes)
	for i, y := range labels {
		x[i*classes+y] = 1
	}
	return tensor.New(tensor.WithShape(len(labels), classes), tensor.WithBacking(x))
}

// images returns pictures of 784 pixels in [0, 1].
func images(data string) (*datasets.Dataset, error) {
	var set *datasets.Dataset
	var err error
	if data == "" {
		set, err = datasets.Digits(1000, generator())
	} else {
		set, err = datasets.LoadMNISTPart(os.DirFS(filepath.Join(data, "fashion-mnist")), "t10k")
	}
	if err != nil {
		return nil, err
	}
	return set.With(datasets.Scale(1.0 / 255))
}

// networkStep is the case mlp-step of examples/bench, with its data.
func networkStep(string) (*program, error) {
	const n, classes = 256, 10
	g := G.NewGraph()
	labels, label := make([]int, n), bits(2)
	for i := range labels {
		labels[i] = int(label() % classes)
	}
	input := func(name string, v *tensor.Dense) *G.Node {
		return G.NewMatrix(g, G.Float32, G.WithName(name), G.WithShape(v.Shape()...), G.WithValue(v))
	}
	x, y := input("x", dense(stream(1), 1, n, 3072)), input("y", oneHot(labels, classes))
	loss, params := layers(x, y, 3072, 512, 256, classes)
	return finish(loss, G.NewVanillaSolver(G.WithLearnRate(1e-2)), params...)
}

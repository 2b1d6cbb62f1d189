package main

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// A convnet is a convolutional network whose parameters are made in the order of their
// streams. The streams hold weights of convolutions as (out, in, rows, columns), and
// images as (n, channels, height, width); ours have their channels last.
type convnet struct {
	dt     tensor.Dtype
	layers uint64 // that have weights
	params []*autodiff.Param
}

func (c *convnet) add(name string, v *tensor.Dense) *autodiff.Param {
	p := autodiff.NewParam(fmt.Sprint(name, len(c.params)), v)
	c.params = append(c.params, p)
	return p
}

// conv makes weights for windows of size×size pixels.
func (c *convnet) conv(out, in, size int) *autodiff.Param {
	v := pixels(c.dt, weights+c.layers, math.Sqrt(6/float64(in*size*size)), out, size, size, in)
	c.layers++
	return c.add("W", v)
}

// linear makes weights, of shape (out, in), for images of height×width pixels.
func (c *convnet) linear(height, width, channels, out int) *autodiff.Param {
	s, in := weights+c.layers, height*width*channels
	c.layers++
	scale := math.Sqrt(6 / float64(in))
	return c.add("W", filled(c.dt, func(i int) float64 {
		pixel, channel := i%in/channels, i%channels
		return even(s, (channel*height*width+pixel)*out+i/in) * scale
	}, out, in))
}

// vector makes n equal numbers: biases and scales.
func (c *convnet) vector(n int, value float64) *autodiff.Param {
	return c.add("b", filled(c.dt, func(int) float64 { return value }, n))
}

// pixels returns uniform(dt, s, scale, n, channels, height, width) with the channels
// last.
func pixels(dt tensor.Dtype, s uint64, scale float64, n, height, width, channels int) *tensor.Dense {
	return filled(dt, func(i int) float64 {
		pixel, channel := i/channels, i%channels
		example, pixel := pixel/(height*width), pixel%(height*width)
		return even(s, (example*channels+channel)*height*width+pixel) * scale
	}, n, height, width, channels)
}

// on returns the model with a loss on n images.
func (c *convnet) on(loss autodiff.LossFunc, n, side, channels int) *model {
	return &model{loss, c.params, autodiff.Batch{X: pixels(c.dt, inputs, 1, n, side, side, channels), Y: classes(n, 10)}}
}

// A recording is the graph of a convnet in the making: x with what goes on top.
type recording struct{ *autodiff.Node }

func (x recording) param(p *autodiff.Param) *autodiff.Node { return x.Graph().Param(p) }

func (x recording) conv(w *autodiff.Param, stride, pad int) recording {
	return recording{x.Conv2D(x.param(w), autodiff.Window{Stride: stride, Pad: pad})}
}

func (x recording) shift(b *autodiff.Param) recording { return recording{x.Add(x.param(b))} }
func (x recording) relu() recording                   { return recording{x.ReLU()} }
func (x recording) gelu() recording                   { return recording{x.GELU()} }

func (x recording) pool(size int) recording {
	return recording{x.MaxPool2D(size, size, autodiff.Window{Stride: size})}
}

// norm is batch normalisation with the statistics of the batch.
func (x recording) norm() recording { return recording{x.Normalize(1e-5, 0, 1, 2)} }

// dense is a linear layer; images are flattened.
func (x recording) dense(w *autodiff.Param) recording {
	return recording{x.Reshape(x.Shape()[0], -1).MatMul(x.param(w).T())}
}

// twoConvs has two convolutions with pools and a linear layer.
func twoConvs(n int) maker {
	return func(dt tensor.Dtype) *model {
		c := &convnet{dt: dt}
		w1, b1, w2, b2 := c.conv(32, 3, 3), c.vector(32, 0), c.conv(64, 32, 3), c.vector(64, 0)
		w3, b3 := c.linear(8, 8, 64, 10), c.vector(10, 0)
		return c.on(func(x, y *autodiff.Node) *autodiff.Node {
			h := recording{x}.conv(w1, 1, 1).shift(b1).relu().pool(2).conv(w2, 1, 1).shift(b2).relu().pool(2)
			return losses.SoftmaxCrossEntropy(h.dense(w3).shift(b3).Node, y)
		}, n, 32, 3)
	}
}

// lenet is LeNet-5 with ReLU and maximum pools (LeCun, Bottou, Bengio and Haffner,
// Gradient-based learning applied to document recognition, 1998).
func lenet(n int) maker {
	return func(dt tensor.Dtype) *model {
		c := &convnet{dt: dt}
		w1, b1, w2, b2 := c.conv(6, 1, 5), c.vector(6, 0), c.conv(16, 6, 5), c.vector(16, 0)
		w3, b3 := c.linear(5, 5, 16, 120), c.vector(120, 0)
		w4, b4 := c.linear(1, 1, 120, 84), c.vector(84, 0)
		w5, b5 := c.linear(1, 1, 84, 10), c.vector(10, 0)
		return c.on(func(x, y *autodiff.Node) *autodiff.Node {
			h := recording{x}.conv(w1, 1, 2).shift(b1).relu().pool(2).conv(w2, 1, 0).shift(b2).relu().pool(2)
			h = h.dense(w3).shift(b3).relu().dense(w4).shift(b4).relu()
			return losses.SoftmaxCrossEntropy(h.dense(w5).shift(b5).Node, y)
		}, n, 28, 1)
	}
}

// normed is a convolution with batch normalisation, scale and shift.
type normed struct {
	w, scale, shift *autodiff.Param
	stride, pad     int
}

func (c *convnet) normed(out, in, size, stride int) normed {
	return normed{c.conv(out, in, size), c.vector(out, 1), c.vector(out, 0), stride, size / 2}
}

func (l normed) on(x recording) recording {
	y := x.conv(l.w, l.stride, l.pad).norm()
	return recording{y.Mul(x.param(l.scale))}.shift(l.shift)
}

// resnet20 is the network of 20 layers of He, Zhang, Ren and Sun, Deep residual
// learning for image recognition, 2016, with 1×1 convolutions where channels change.
func resnet20(n int) maker {
	return func(dt tensor.Dtype) *model {
		c := &convnet{dt: dt}
		first := c.normed(16, 3, 3, 1)
		type block struct {
			one, two normed
			around   *normed
		}
		var blocks []block
		in := 16
		for _, out := range []int{16, 32, 64} {
			for range 3 {
				stride := 1
				if out != in {
					stride = 2
				}
				b := block{one: c.normed(out, in, 3, stride), two: c.normed(out, out, 3, 1)}
				if out != in {
					around := c.normed(out, in, 1, 2)
					b.around = &around
				}
				blocks, in = append(blocks, b), out
			}
		}
		w, b := c.linear(1, 1, 64, 10), c.vector(10, 0)
		return c.on(func(x, y *autodiff.Node) *autodiff.Node {
			h := first.on(recording{x}).relu()
			for _, k := range blocks {
				r := k.two.on(k.one.on(h).relu())
				if k.around != nil {
					h = k.around.on(h)
				}
				h = recording{r.Add(h.Node)}.relu()
			}
			h = recording{h.Mean(1, 2)}
			return losses.SoftmaxCrossEntropy(h.dense(w).shift(b).Node, y)
		}, n, 32, 3)
	}
}

// airbench94 is the network of Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU,
// 2024.
func airbench94(n int) maker {
	return func(dt tensor.Dtype) *model {
		c := &convnet{dt: dt}
		w0, b0 := c.conv(24, 3, 2), c.vector(24, 0)
		type layer struct{ w, b *autodiff.Param }
		var layers []layer
		for _, width := range [][2]int{{24, 64}, {64, 256}, {256, 256}} {
			layers = append(layers, layer{c.conv(width[1], width[0], 3), c.vector(width[1], 0)})
			layers = append(layers, layer{c.conv(width[1], width[1], 3), c.vector(width[1], 0)})
		}
		last := c.linear(1, 1, 256, 10)
		return c.on(func(x, y *autodiff.Node) *autodiff.Node {
			h := recording{x}.conv(w0, 1, 0).shift(b0).gelu()
			for i, l := range layers {
				h = h.conv(l.w, 1, 1)
				if i%2 == 0 {
					h = h.pool(2)
				}
				h = h.norm().shift(l.b).gelu()
			}
			return smoothed(0.2, h.pool(3).dense(last).MulScalar(1/9.0), y)
		}, n, 32, 3)
	}
}

// smoothed is the cross entropy with labels of which a part is spread over all classes.
func smoothed(part float64, s, y *autodiff.Node) *autodiff.Node {
	logs := s.LogSoftmax(1)
	return logs.Pick(y).Mean().MulScalar(part - 1).Sub(logs.Mean().MulScalar(part))
}

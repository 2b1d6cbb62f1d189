package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// A network is a convolutional network of three blocks, that of airbench94 where its
// widths are 64, 256 and 256 (Jordan, 94% on CIFAR-10 in 3.29 Seconds on a Single GPU,
// arXiv 2404.00498):
//
//	whitening 2×2, GELU                                            31 × 31 pixels of 32 × 32
//	three times: conv 3×3, pool 2, norm, GELU, conv 3×3, norm, GELU   15, 7, 3 pixels
//	maximum of each channel, linear, a ninth                        scores
//
// Norms have no scale, and only the first convolution has a bias.
type network struct {
	nn.Sequential
	shape     autodiff.Shape // of an image: (height, width, channels)
	whitening *nn.Conv2D
	shifts    []*autodiff.Param // the β of the norms
}

// A design says how a network is made.
type design struct {
	widths  widths // channels of each block
	plain   bool   // the first convolution is drawn and trained, not whitening
	random  bool   // other convolutions are drawn, and do not begin with the identity
	classes int
}

// newNetwork returns the network for images like those given, from which the first
// layer learns its filters.
func newNetwork(d design, images *tensor.Dense, rng *rand.Rand) *network {
	channels := images.Shape()[3]
	first := nn.Whitening(images, patch, noise)
	if d.plain {
		first = uniform(patch * patch * channels)
	}
	in := 2 * patch * patch * channels // filters and their negatives
	n := &network{
		shape:     slices.Clone(autodiff.Shape(images.Shape()[1:])),
		whitening: nn.NewConv2D("whitening", channels, in, patch, autodiff.Window{}, first, rng),
	}
	n.Sequential = nn.Sequential{n.whitening, activation}
	for i, out := range d.widths {
		n.block(2*i+1, in, out, d.random, rng)
		in = out
	}
	scores := nn.NewLinear("scores", in, d.classes, uniform(in), rng).WithoutBias()
	n.Sequential = append(n.Sequential, nn.GlobalPool{Max: true}, scores, nn.Scale{Factor: 1.0 / 9})
	return n
}

const (
	patch = 2    // side of the windows that are whitened
	noise = 5e-4 // ε of the whitening
)

var activation = nn.GELU{}

// block appends the two convolutions of a block, the first with the given number.
func (n *network) block(number, in, out int, random bool, rng *rand.Rand) {
	n.Sequential = append(n.Sequential,
		convolution(number, in, out, random, rng), nn.MaxPool2D{Size: 2}, n.norm(number, out), activation,
		convolution(number+1, out, out, random, rng), n.norm(number+1, out), activation)
}

func convolution(number, in, out int, random bool, rng *rand.Rand) *nn.Conv2D {
	const size = 3
	init := uniform(size * size * in)
	if !random {
		init = nn.Dirac(init)
	}
	return nn.NewConv2D(fmt.Sprintf("conv%d", number), in, out, size, autodiff.Window{Pad: 1}, init, rng).WithoutBias()
}

// norm returns a batch normalisation that forgets in a few steps, as a short training
// needs it.
func (n *network) norm(number, features int) *nn.BatchNorm {
	l := nn.NewBatchNorm(fmt.Sprintf("norm%d", number), features)
	l.Scale, l.Keep, l.Epsilon = nil, 0.6, 1e-12
	n.shifts = append(n.shifts, l.Shift)
	return l
}

// uniform returns the initialiser of PyTorch for so many inputs, U(±1/√inputs).
func uniform(inputs int) nn.Init {
	a := 1 / math.Sqrt(float64(inputs))
	return nn.Uniform(-a, a)
}

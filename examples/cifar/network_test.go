package main

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/gradcheck"
	"declive/losses"
)

// noisy returns images of noise.
func noisy(shape ...int) *tensor.Dense {
	rng := rand.New(rand.NewPCG(5, 6))
	x := make([]float32, autodiff.Shape(shape).Size())
	for i := range x {
		x[i] = float32(rng.NormFloat64())
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(x))
}

func design94() design { return design{widths: presets["94"].widths, classes: 10} }

// The layers of airbench94 have these sizes and parameters.
func TestNetwork(t *testing.T) {
	n := newNetwork(design94(), noisy(3, 32, 32, 3), rand.New(rand.NewPCG(1, 2)))
	y := autodiff.NewGraph(tensor.Float32).Input("x", 2, 32, 32, 3)
	sides := map[int]bool{}
	for _, l := range n.Sequential {
		if y = l.Forward(y); len(y.Shape()) == 4 {
			sides[y.Shape()[1]] = true
		}
	}
	assert.Equal(t, autodiff.Shape{2, 10}, y.Shape())
	assert.Equal(t, map[int]bool{31: true, 15: true, 7: true, 3: true}, sides)
	weights := 0
	for _, p := range n.Params() {
		weights += p.Shape().Size()
	}
	const convolutions = 9 * (24*64 + 64*64 + 64*256 + 3*256*256)
	assert.Equal(t, 24*12+24+convolutions+2*(64+256+256)+256*10, weights)
}

// Channels pass the convolutions of a new network, but for -without dirac.
func TestBeginsWithTheIdentity(t *testing.T) {
	for _, random := range []bool{false, true} {
		d := design{widths: widths{6, 5, 7}, random: random, classes: 10}
		n := newNetwork(d, noisy(3, 9, 8, 1), rand.New(rand.NewPCG(1, 2)))
		w := n.Params()[2].Value().Float32s() // conv1/W of shape (6, 3, 3, 8)
		for k := range 6 {
			for i := range 9 * 8 {
				if i == 4*8+k {
					assert.Equal(t, !random, w[k*72+i] == 1)
				} else {
					assert.Equal(t, !random, w[k*72+i] == 0)
				}
			}
		}
	}
}

func TestGradient(t *testing.T) {
	x := noisy(4, 10, 11, 2)
	n := newNetwork(design{widths: widths{3, 4, 5}, classes: 3}, x, rand.New(rand.NewPCG(1, 2)))
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return losses.SmoothedCrossEntropy(smoothing, n.scores(x), y)
	}
	require.NoError(t, x.Reshape(4, 10*11*2))
	gradcheck.Check(t, loss, n.Params(), autodiff.Batch{X: x, Y: tensor.New(tensor.WithShape(4), tensor.WithBacking([]int{2, 0, 1, 2}))})
}

// What the recipe says of rates, in the steps of 48 batches of 1024 in 9.9 epochs.
func TestSchedules(t *testing.T) {
	const steps = 475
	rate := triangle(steps)
	assert.InDelta(t, 0.2, rate(1), 1e-12)
	assert.InDelta(t, 0.6, rate(1+54), 0.01)
	assert.InDelta(t, 1, rate(1+109), 1e-12)
	assert.InDelta(t, 0.535, rate(1+292), 1e-3)
	assert.Greater(t, rate(steps), 0.07)
	assert.InDelta(t, 0.07, rate(steps), 0.01)
	assert.InDelta(t, 0.7737809375, inertia(steps)(steps), 1e-10) // 0.95⁵
	assert.InDelta(t, 0.7737809375/8, inertia(100)(50), 1e-10)
}

// Frozen filters stay, and the bias of the whitening does after three epochs.
func TestFrozen(t *testing.T) {
	set, err := datasets.Digits(40, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	set, err = set.Interleaved()
	require.NoError(t, err)
	n := newNetwork(design{widths: widths{3, 4, 5}, classes: 10}, noisy(2, 28, 28, 1), rand.New(rand.NewPCG(1, 2)))
	const epoch = 2
	trainer, err := n.trainer(settings{preset: preset{epochs: 4, batch: 20, rate: 1e-3}}, epoch)
	require.NoError(t, err)
	state := func(of *autodiff.Param) []float32 { return append([]float32(nil), of.Value().Float32s()...) }
	filters := state(n.whitening.Weight)
	bias, scores := state(n.whitening.Bias), state(n.Params()[len(n.Params())-1])
	for number := range 4 {
		for b := range set.Minibatches(20, rand.New(rand.NewPCG(1, 2))) {
			_, err := trainer.Step(b)
			require.NoError(t, err)
		}
		assert.Equal(t, filters, state(n.whitening.Weight))
		moved := assert.ObjectsAreEqual(bias, state(n.whitening.Bias))
		assert.Equal(t, number >= frozen, moved, "epoch %d", number+1)
		assert.NotEqual(t, scores, state(n.Params()[len(n.Params())-1]))
		bias, scores = state(n.whitening.Bias), state(n.Params()[len(n.Params())-1])
	}
}

// The weights of the views sum to 1, with those of the recipe for pictures that may be
// mirrored.
func TestViews(t *testing.T) {
	assert.Len(t, views(settings{without: []string{"views"}}), 1)
	for _, mirrored := range []bool{false, true} {
		all := views(settings{preset: preset{mirrored: mirrored}})
		sum := 0.0
		for _, v := range all {
			sum += v.weight
		}
		assert.InDelta(t, 1, sum, 1e-15)
		assert.Equal(t, datasets.View{}, all[0].View)
		if mirrored {
			require.Len(t, all, 6)
			assert.Equal(t, []float64{0.25, 0.125, 0.125, 0.25, 0.125, 0.125}, []float64{all[0].weight, all[1].weight, all[2].weight, all[3].weight, all[4].weight, all[5].weight})
		}
	}
}

// A verdict counts what it decides, and believes in what the softmax says.
func TestVerdict(t *testing.T) {
	set, err := datasets.New([]uint8{1, 2, 3}, 1)
	require.NoError(t, err)
	set, err = set.WithLabels([]int{1, 0, 1}, "a", "b")
	require.NoError(t, err)
	v, err := newVerdict([]float64{0, 1, 0, 2, 5, 5}, set)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 1, 0}, v.predicted, "the first of equal scores")
	assert.InDelta(t, 1.0/3, v.accuracy(), 1e-15)
	assert.InDelta(t, 0.5, v.belief(2, 0), 1e-15)
	assert.InDelta(t, 0.7310585786, v.belief(0, 1), 1e-9)
}

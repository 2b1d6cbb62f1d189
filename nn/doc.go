// Package nn holds the layers of a model: structs of parameters with a method
// that records their computation.
//
// A model is a layer, and most are a [Sequential] of layers; [NewMLP] makes the
// usual one. Its Forward method goes into a loss, its Params method to a trainer:
//
//	rng := rand.New(rand.NewPCG(1, 2))
//	model := nn.NewMLP("digits", []int{784, 128, 64, 10}, nn.ReLU{}, nn.HeNormal(), rng)
//	loss := func(x, y *autodiff.Node) *autodiff.Node {
//		return losses.SoftmaxCrossEntropy(model.Forward(x), y)
//	}
//
// Images are of shape (n, height, width, channels), from [Conv2D] over [MaxPool2D] to
// [GlobalPool]; [Residual] adds branches, and [BatchNorm], [LayerNorm], [RMSNorm] and
// [GroupNorm] normalise.
//
// Anything with Forward and Params is a [Layer]; a plain function becomes one
// through [Func]. New parameters are float32, drawn by an [Init] from the
// generator that the caller hands in: the same seed gives the same bits.
// [Save] and [Load] keep parameters in a file, and [Summary] lists them.
//
// Layers that do not fit together panic with an [*autodiff.Error] when they are
// recorded or made, and so do methods of a nil layer; files are only ever refused
// with an error. A [BatchNorm]
// and a [Dropout] compute something else where the graph trains,
// [autodiff.Graph.Training]. The former remembers statistics, which [Statistics]
// lists; no other layer has a state besides its parameters.
package nn

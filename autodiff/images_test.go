package autodiff

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff/internal/compile"
)

// A step of a small convolutional network equals the interpreter's with any part of
// the compiler off.
func TestImagesWithoutPasses(t *testing.T) {
	for name, off := range map[string]func(o *compile.Options){
		"all on": func(*compile.Options) {}, "all off": func(o *compile.Options) { *o = compile.Options{Verify: true} },
		"Simplify": func(o *compile.Options) { o.Simplify = false }, "Epilogue": func(o *compile.Options) { o.Epilogue = false },
		"Fuse": func(o *compile.Options) { o.Fuse = false }, "Reuse": func(o *compile.Options) { o.Reuse = false },
		"rows": func(o *compile.Options) { o.RowsFrom, o.RowBlock = 1, 2 },
	} {
		for _, precision := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
			t.Run(fmt.Sprint(name, " ", precision), func(t *testing.T) {
				feeds, outputs := recordImages(t, precision)
				ps := allPasses
				off(&ps)
				requireInterpreted(t, feeds, outputs, ps)
			})
		}
	}
}

// recordImages records the loss of a network with all ops on images, and its
// gradients.
func recordImages(t *testing.T, precision tensor.Dtype) ([]Feed, []*Node) {
	rng := rand.New(rand.NewPCG(1, 2))
	g := NewGraph(precision)
	x, y := g.Input("x", 5, 7, 6, 2), g.Input("y", 5, 4)
	var params []*Node
	param := func(shape ...int) *Node {
		p := NewParam(fmt.Sprint("p", len(params)), randomTensor(rng, precision, shape))
		params = append(params, g.Param(p))
		return params[len(params)-1]
	}
	h := x.Conv2D(param(3, 3, 3, 2), Window{Pad: 1}).Add(param(3)).ReLU().MaxPool2D(2, 2, Window{Stride: 2})
	h = h.Conv2D(param(4, 1, 1, 3), Window{}).Add(param(4)).Sigmoid()
	h = h.Conv2D(param(4, 2, 2, 4), Window{Stride: 2, Pad: 1}).AvgPool2D(2, 2, Window{Stride: 2})
	loss := h.Reshape(5, 4).Sub(y).Square().Sum()
	grads, err := Grad(loss, params...)
	require.NoError(t, err)
	feeds := []Feed{x.Feed(randomTensor(rng, precision, x.shape)), y.Feed(randomTensor(rng, precision, y.shape))}
	return feeds, append(grads, loss)
}

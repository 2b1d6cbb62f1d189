package nn

import (
	"fmt"
	"maps"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// An Order says how another program orders the numbers of weights that meet images.
// The zero Order is this library's, in which the channels of a pixel lie together.
type Order struct {
	// ChannelsFirst says that images have the shape (n, channels, height, width)
	// there, as in PyTorch: weights with four axes are (out, in, rows, columns), where
	// ours are (out, rows, columns, in).
	ChannelsFirst bool

	// Flattened has height, width and channels of the images whose numbers a Linear
	// layer takes, by the name of its weights W. With ChannelsFirst a row of W in the
	// file has a number for each pixel of the first channel, then for each of the
	// second, and so on.
	Flattened map[string][3]int
}

// planes returns how many pixels and channels a row of p's weights has which the
// file stores channel by channel; ok says that it does.
func (o Order) planes(p *autodiff.Param) (pixels, channels int, ok bool) {
	shape := p.Shape()
	if !o.ChannelsFirst {
		return 0, 0, false
	}
	if len(shape) == 4 {
		return shape[1] * shape[2], shape[3], true
	}
	image, ok := o.Flattened[p.Name()]
	return image[0] * image[1], image[2], ok
}

// check refuses an order that does not go with the parameters.
func (o Order) check(params []*autodiff.Param) error {
	for _, name := range slices.Sorted(maps.Keys(o.Flattened)) {
		image := o.Flattened[name]
		i := slices.IndexFunc(params, func(p *autodiff.Param) bool { return p.Name() == name })
		if !o.ChannelsFirst {
			return fmt.Errorf("the weights %s take flattened images, but ChannelsFirst is not set", name)
		}
		if i < 0 {
			return fmt.Errorf("there is no parameter %s, which is among the flattened", name)
		}
		shape := params[i].Shape()
		if size, reason := dense.Size(image[:]...); len(shape) != 2 || reason != "" || size != shape[1] {
			return fmt.Errorf("the parameter %s of shape %v does not take flattened images of %v (height, width, channels)", name, shape, image)
		}
	}
	return nil
}

// stored returns the shape that p's values have in the file.
func (o Order) stored(p *autodiff.Param) autodiff.Shape {
	shape := p.Shape()
	if o.ChannelsFirst && len(shape) == 4 {
		return autodiff.Shape{shape[0], shape[3], shape[1], shape[2]}
	}
	return shape
}

// ours returns the values v of a file in the order of p.
func (o Order) ours(p *autodiff.Param, v *tensor.Dense) *tensor.Dense {
	pixels, channels, ok := o.planes(p)
	if !ok {
		return v
	}
	return transposed(v, p.Shape(), channels, pixels)
}

// theirs returns p's values in the order of a file.
func (o Order) theirs(p *autodiff.Param) *tensor.Dense {
	pixels, channels, ok := o.planes(p)
	if !ok {
		return p.Value()
	}
	return transposed(p.Value(), o.stored(p), pixels, channels)
}

// transposed returns a tensor of another shape with v's numbers, each rows×cols of
// them transposed.
func transposed(v *tensor.Dense, shape autodiff.Shape, rows, cols int) *tensor.Dense {
	if v.Dtype() == tensor.Float32 {
		return dense.Wrap(shape, transposedBlocks(dense.Memory[float32](v), rows, cols))
	}
	return dense.Wrap(shape, transposedBlocks(dense.Memory[float64](v), rows, cols))
}

func transposedBlocks[F dense.Float](x []F, rows, cols int) []F {
	y := make([]F, 0, len(x))
	for ; len(x) > 0; x = x[rows*cols:] {
		for j := range cols {
			for i := range rows {
				y = append(y, x[i*cols+j])
			}
		}
	}
	return y
}

package plot

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Rows returns the rows of a parameter of shape (rows, columns), such as the
// weights of a linear layer, which has a row for each output.
func Rows(p *autodiff.Param) ([][]float64, error) {
	if p == nil || p.Value() == nil {
		return nil, errors.New("plot: Rows: the parameter is nil")
	}
	if len(p.Shape()) != 2 {
		return nil, fmt.Errorf("plot: Rows: the parameter %s has the shape %v, want a matrix", p.Name(), p.Shape())
	}
	values := numbers(p.Value())
	columns := p.Shape()[1]
	out := make([][]float64, p.Shape()[0])
	for i := range out {
		out[i] = values[i*columns:][:columns]
	}
	return out, nil
}

// numbers returns a copy of the numbers of a tensor.
func numbers(t *tensor.Dense) []float64 {
	if t.Dtype() == tensor.Float64 {
		return append([]float64(nil), t.Float64s()...)
	}
	out := make([]float64, len(t.Float32s()))
	for i, v := range t.Float32s() {
		out[i] = float64(v)
	}
	return out
}

// Templates returns each row of weights as an image, see [Template], under the
// title of its class. Titles may be nil.
func Templates(rows [][]float64, shape autodiff.Shape, titles []string) (Images, error) {
	s := Images{Titles: titles}
	for i, w := range rows {
		img, err := Template(w, shape)
		if err != nil {
			return Images{}, fmt.Errorf("%w, in row %d", err, i)
		}
		s.Images = append(s.Images, img)
	}
	return s, nil
}

// zoom is the side of a pixel of a template, in dots: pixels stay sharp.
const zoom = 8

// Template returns weights as an image of a shape (planes, height, width), each
// weight 8 by 8 dots. One plane has diverging colours, as far as the largest
// weight in size: red for what raises a score, blue for what lowers it, grey for
// 0. Three planes are the red, the green and the blue of colours that are
// stretched from the smallest to the largest weight. Weights that are not finite
// are white.
func Template(weights []float64, shape autodiff.Shape) (image.Image, error) {
	if len(shape) != 3 || (shape[0] != 1 && shape[0] != 3) || shape[1] < 1 || shape[2] < 1 {
		return nil, fmt.Errorf("plot: Template: the shape is %v, want (1, height, width) or (3, height, width)", shape)
	}
	if len(weights)/shape[0]/shape[1] != shape[2] || len(weights) != shape.Size() {
		return nil, fmt.Errorf("plot: Template: %d weights, want those of the shape %v", len(weights), shape)
	}
	height, width := shape[1], shape[2]
	at := stretched(weights, height*width)
	if shape[0] == 1 {
		colour := diverging(weights)
		at = func(i int) color.RGBA { return colour(weights[i]) }
	}
	img := image.NewRGBA(image.Rect(0, 0, zoom*width, zoom*height))
	for y := range zoom * height {
		for x := range zoom * width {
			img.SetRGBA(x, y, at(y/zoom*width+x/zoom))
		}
	}
	return img, nil
}

// stretched returns the colour of each place of three planes of weights.
func stretched(w []float64, places int) func(i int) color.RGBA {
	lo, hi := extent(w)
	level := func(v float64) uint8 {
		if !(v >= lo && v <= hi) {
			return 255
		}
		return uint8(math.Round(255 * (v/2 - lo/2) / max(hi/2-lo/2, 1e-30))) // halves: of finite numbers the difference is finite
	}
	return func(i int) color.RGBA {
		return color.RGBA{level(w[i]), level(w[i+places]), level(w[i+2*places]), 255}
	}
}

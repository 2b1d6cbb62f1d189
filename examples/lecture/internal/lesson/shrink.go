package lesson

import (
	"fmt"

	"declive/datasets"
)

// Shrunk returns the first n training examples as smaller images, each pixel the
// mean of factor × factor of the original, standardised and with a bias: what a
// method can chew that is slow in the number of weights. A factor of 1 keeps the
// size. All examples are returned if there are fewer than n.
func (d *Data) Shrunk(factor, n int) (*datasets.Dataset, error) {
	some, err := d.Train.Slice(0, min(n, d.Train.Len()))
	if err != nil {
		return nil, err
	}
	small := some
	if factor > 1 {
		if small, err = shrink(some, factor); err != nil {
			return nil, err
		}
	}
	if small, err = small.With(datasets.Standardise(small)); err != nil {
		return nil, err
	}
	return small.WithBias(), nil
}

// Coarse is the factor of Shrunk that leaves about 50 features: images of 7 × 7
// from the digits, 4 × 4 in three colours from CIFAR-10.
func (d *Data) Coarse() int {
	if d.Real {
		return 8
	}
	return 4
}

// shrink averages squares of pixels.
func shrink(d *datasets.Dataset, factor int) (*datasets.Dataset, error) {
	shape := d.Shape()
	if shape[1]%factor != 0 || shape[2]%factor != 0 {
		return nil, fmt.Errorf("lesson: images of shape %v cannot be shrunk by %d", shape, factor)
	}
	high, wide := shape[1]/factor, shape[2]/factor
	values := make([]float32, 0, d.Len()*shape[0]*high*wide)
	for batch := range d.Consecutive(1000) {
		pixels := batch.X.Float32s()
		for planes := len(pixels) / (shape[1] * shape[2]); planes > 0; planes-- {
			values = appendMeans(values, pixels, shape[1], shape[2], factor)
			pixels = pixels[shape[1]*shape[2]:]
		}
	}
	small, err := datasets.New(values, shape[0], high, wide)
	if err != nil {
		return nil, err
	}
	return small.WithLabels(d.Labels(), d.Classes()...)
}

// appendMeans appends the means of the squares of one plane.
func appendMeans(values, plane []float32, high, wide, factor int) []float32 {
	for y := 0; y < high; y += factor {
		for x := 0; x < wide; x += factor {
			sum := float32(0)
			for dy := range factor {
				for dx := range factor {
					sum += plane[(y+dy)*wide+x+dx]
				}
			}
			values = append(values, sum/float32(factor*factor))
		}
	}
	return values
}

package classifier

import (
	"fmt"
	"math"
	"math/rand/v2"

	"declive/datasets"
)

const (
	generated = 240
	trained   = 2. / 3 // part of the points; the rest is for tests
	// Extent is half the side of the square that is shown.
	Extent = 1.6
)

// generators are the sets of points by name. Every one fits into the square; noise is
// 0 to 1.
var generators = map[string]func(noise float64, rng *rand.Rand) (*datasets.Dataset, error){
	"blobs":   blobs,
	"moons":   moons,
	"circles": circles,
	"spirals": func(noise float64, rng *rand.Rand) (*datasets.Dataset, error) {
		return datasets.Spirals(generated, 2, noise, rng)
	},
}

// blobs returns two clouds about opposite points.
func blobs(noise float64, rng *rand.Rand) (*datasets.Dataset, error) {
	return around(rng, func(class int) (x, y float64) {
		sign := float64(2*class - 1)
		deviation := 0.15 + 0.5*noise
		return 0.6*sign + deviation*rng.NormFloat64(), 0.4*sign + deviation*rng.NormFloat64()
	})
}

// moons returns datasets.Moons about the middle.
func moons(noise float64, rng *rand.Rand) (*datasets.Dataset, error) {
	d, err := datasets.Moons(generated, 0.5*noise, rng)
	if err != nil {
		return nil, err
	}
	return d.With(datasets.Transform{Shift: []float64{0.5, 0.25}, Scale: []float64{0.9}})
}

// circles returns a ring and a larger one around it.
func circles(noise float64, rng *rand.Rand) (*datasets.Dataset, error) {
	return around(rng, func(class int) (x, y float64) {
		sin, cos := math.Sincos(2 * math.Pi * rng.Float64())
		r := 0.4 + 0.7*float64(class) + 0.4*noise*rng.NormFloat64()
		return r * cos, r * sin
	})
}

// around returns as many points of either class, in random order.
func around(rng *rand.Rand, draw func(class int) (x, y float64)) (*datasets.Dataset, error) {
	points, labels := make([]float64, 2*generated), make([]int, generated)
	for i, at := range rng.Perm(generated) {
		labels[at] = i % 2
		points[2*at], points[2*at+1] = draw(labels[at])
	}
	return labelled(points, labels)
}

func labelled(points []float64, labels []int) (*datasets.Dataset, error) {
	d, err := datasets.New(points, 2)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(labels, "0", "1")
}

// few is the number of drawn points below which none is left out for tests.
const few = 12

// points returns the points to train on and those to test with.
func points(s Settings, rng *rand.Rand) (train, test *datasets.Dataset, err error) {
	if s.Data == "drawn" {
		return drawn(s.Drawn, rng)
	}
	generate, ok := generators[s.Data]
	if !ok {
		return nil, nil, fmt.Errorf("classifier: %q is none of blobs, circles, drawn, moons, spirals", s.Data)
	}
	all, err := generate(s.Noise, rng)
	if err != nil {
		return nil, nil, err
	}
	return all.Float64().Split(trained, rng)
}

// drawn returns the points x, y, class that the page has taken down. A few of them are
// all for training and for tests.
func drawn(marks [][3]float64, rng *rand.Rand) (train, test *datasets.Dataset, err error) {
	var xy []float64
	var labels []int
	for _, m := range marks {
		xy, labels = append(xy, m[0], m[1]), append(labels, int(m[2]))
	}
	if len(marks) == 0 { // a model needs one of each class
		xy, labels = []float64{-0.5, 0, 0.5, 0}, []int{0, 1}
	}
	all, err := labelled(xy, labels)
	if err != nil {
		return nil, nil, err
	}
	if all = all.Float64(); all.Len() < few {
		return all, all, nil
	}
	return all.Split(trained, rng)
}

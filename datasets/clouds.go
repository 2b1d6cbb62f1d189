package datasets

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// points are generated examples of a few numbers each, with their labels.
type points struct {
	x      []float64
	labels []int
}

func (p *points) add(label int, x ...float64) {
	p.x = append(p.x, x...)
	p.labels = append(p.labels, label)
}

// dataset returns the points in random order.
func (p *points) dataset(features, classes int, rng *rand.Rand) (*Dataset, error) {
	d, err := New(p.x, features)
	if err != nil {
		return nil, err
	}
	if d, err = d.WithLabels(p.labels, numbered(classes)...); err != nil {
		return nil, err
	}
	shuffle(d.index, rng)
	return d, nil
}

// Blobs returns n points around one centre for each class: class i mod classes
// for the i-th point before they are put in random order. Centres are drawn
// uniformly from the cube [−1, 1]^features, points normally about them with the
// given standard deviation in every direction.
//
// It is an error if n is negative, features or classes is below 1 or all are too
// many, if the deviation is negative, or if rng is nil.
func Blobs(n, features, classes int, deviation float64, rng *rand.Rand) (*Dataset, error) {
	if err := checkSizes("Blobs", n, features, classes, deviation, rng); err != nil {
		return nil, err
	}
	room, err := roomFor("Blobs", classes, features)
	if err != nil {
		return nil, err
	}
	centres := make([]float64, room)
	for j := range centres {
		centres[j] = 2*rng.Float64() - 1
	}
	p := &points{}
	for i := range n {
		label := i % classes
		p.labels = append(p.labels, label)
		for _, c := range centres[label*features : (label+1)*features] {
			p.x = append(p.x, c+deviation*rng.NormFloat64())
		}
	}
	return p.dataset(features, classes, rng)
}

// Moons returns n points in the plane on two interleaved half circles, with
// angle t uniform in [0, π) and normal noise of the given deviation:
//
//	class 0  (cos t, sin t)
//	class 1  (1 − cos t, ½ − sin t)
//
// No line separates the classes. It is an error if n or noise is negative, or if
// rng is nil.
func Moons(n int, noise float64, rng *rand.Rand) (*Dataset, error) {
	if err := checkSizes("Moons", n, 2, 2, noise, rng); err != nil {
		return nil, err
	}
	p := &points{}
	for i := range n {
		sin, cos := math.Sincos(math.Pi * rng.Float64())
		if i%2 == 1 {
			cos, sin = 1-cos, 0.5-sin
		}
		p.add(i%2, cos+noise*rng.NormFloat64(), sin+noise*rng.NormFloat64())
	}
	return p.dataset(2, 2, rng)
}

// Spirals returns n points in the plane, the arms of a spiral for each class.
// On arm j, at distances r evenly spaced from 0 to 1,
//
//	x = (r sin t, r cos t)    t = 4(j + r) + noise·N(0, 1)
//
// With 300 points, 3 classes and noise 0.2 it is the data on which the course
// CS231n shows a minimal neural network.
//
// It is an error if n or noise is negative, if classes is below 1 or too many, or
// if rng is nil.
func Spirals(n, classes int, noise float64, rng *rand.Rand) (*Dataset, error) {
	if err := checkSizes("Spirals", n, 2, classes, noise, rng); err != nil {
		return nil, err
	}
	p := &points{}
	for i := range n {
		j := i % classes
		last := (n - 1 - j) / classes // number of the arm's last point
		r := float64(i/classes) / float64(max(1, last))
		sin, cos := math.Sincos(4*(float64(j)+r) + noise*rng.NormFloat64())
		p.add(j, r*sin, r*cos)
	}
	return p.dataset(2, classes, rng)
}

// Linear returns n examples with standard normal features and, as targets of
// shape (), known linear functions of them with normal noise of the given
// deviation:
//
//	y = Σⱼ weights[j]·xⱼ + bias + noise·N(0, 1)
//
// It is an error if n or noise is negative, if there are no weights, if one or
// the bias is not finite, or if rng is nil.
func Linear(n int, weights []float64, bias, noise float64, rng *rand.Rand) (*Dataset, error) {
	if err := checkSizes("Linear", n, len(weights), 1, noise, rng); err != nil {
		return nil, err
	}
	for _, w := range append([]float64{bias}, weights...) {
		if math.IsNaN(w) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("datasets: Linear: a weight or the bias is %v, want a finite number", w)
		}
	}
	x := make([]float64, 0, n*len(weights))
	y := make([]float64, n)
	for i := range y {
		y[i] = bias
		for _, w := range weights {
			v := rng.NormFloat64()
			x = append(x, v)
			y[i] += w * v
		}
		y[i] += noise * rng.NormFloat64()
	}
	d, err := New(x, len(weights))
	if err != nil {
		return nil, err
	}
	return d.WithTargets(y)
}

func checkSizes(name string, n, features, classes int, deviation float64, rng *rand.Rand) error {
	switch {
	case n < 0:
		return fmt.Errorf("datasets: %s: %d examples", name, n)
	case features < 1:
		return fmt.Errorf("datasets: %s: %d features, want at least 1", name, features)
	case classes < 1:
		return fmt.Errorf("datasets: %s: %d classes, want at least 1", name, classes)
	case classes > maxNamed:
		return fmt.Errorf("datasets: %s: %d classes, want at most %d", name, classes, maxNamed)
	case !(deviation >= 0) || math.IsInf(deviation, 1):
		return fmt.Errorf("datasets: %s: deviation %v is not a number from 0 up", name, deviation)
	case rng == nil:
		return errNoRand(name)
	}
	_, err := roomFor(name, n, features)
	return err
}

func errNoRand(name string) error {
	return fmt.Errorf("datasets: %s: the generator of random numbers is nil; make one with rand.New", name)
}

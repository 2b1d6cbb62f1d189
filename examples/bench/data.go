package main

import (
	"math"
	"sort"

	"gorgonia.org/tensor"
)

// Streams of numbers, each the content of one tensor.
const (
	inputs      uint64 = 1
	targets     uint64 = 2 // or labels
	permutation uint64 = 9
	weights     uint64 = 10 // and following, one for each layer
	directions  uint64 = 20 // and following, one for each parameter
)

// bits returns element i of stream s: SplitMix64 started at s (Steele, Lea and
// Flood, Fast splittable pseudorandom number generators, 2014), read at i.
func bits(s uint64, i int) uint64 {
	z := s + (uint64(i)+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// unit returns element i of stream s as a number in [0, 1).
func unit(s uint64, i int) float64 { return float64(bits(s, i)>>11) * 0x1p-53 }

// even returns element i of stream s as a number in [−1, 1).
func even(s uint64, i int) float64 { return 2*unit(s, i) - 1 }

// uniform returns a tensor whose element i is even(s, i)·scale.
func uniform(dt tensor.Dtype, s uint64, scale float64, shape ...int) *tensor.Dense {
	return filled(dt, func(i int) float64 { return even(s, i) * scale }, shape...)
}

// transposed returns the transpose of uniform(dt, s, scale, in, out), of shape
// (out, in): the streams hold weights by input, layers by output.
func transposed(dt tensor.Dtype, s uint64, scale float64, out, in int) *tensor.Dense {
	return filled(dt, func(i int) float64 { return even(s, i%in*out+i/in) * scale }, out, in)
}

// filled returns a tensor of the given precision with f(i) for element i, in
// row-major order, rounded once.
func filled(dt tensor.Dtype, f func(i int) float64, shape ...int) *tensor.Dense {
	n := tensor.Shape(shape).TotalSize()
	if dt == tensor.Float64 {
		data := make([]float64, n)
		for i := range data {
			data[i] = f(i)
		}
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
	}
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(f(i))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))
}

// classes returns n labels.
func classes(n, k int) *tensor.Dense {
	data := make([]int, n)
	for i := range data {
		data[i] = int(bits(targets, i) % uint64(k))
	}
	return tensor.New(tensor.WithShape(n), tensor.WithBacking(data))
}

// signs returns n targets of −1 or 1.
func signs(dt tensor.Dtype, n int) *tensor.Dense {
	return filled(dt, func(i int) float64 { return float64(2*int(bits(targets, i)%2) - 1) }, n)
}

// normal returns element i of stream s as a normally distributed number (Box and
// Muller, 1958).
func normal(s uint64, i int) float64 {
	return math.Sqrt(-2*math.Log(1-unit(s, 2*i))) * math.Cos(2*math.Pi*unit(s, 2*i+1))
}

// order returns the rows 0 to n−1 in the order of the epoch that is compared.
func order(n int) []int {
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	sort.SliceStable(rows, func(a, b int) bool { return bits(permutation, rows[a]) < bits(permutation, rows[b]) })
	return rows
}

package exec

import "declive/internal/kernel"

// numbers returns the elements of a in precision F, nil if it has the other.
func numbers[F kernel.Float](a Array) (out []F) {
	switch to := any(&out).(type) { // pointers: boxing a slice takes longer
	case *[]float32:
		*to = a.Float32
	case *[]float64:
		*to = a.Float64
	}
	return out
}

// array is the contrary of numbers.
func array[F kernel.Float](x []F) Array {
	if x, ok := any(x).([]float32); ok {
		return Array{Float32: x}
	}
	return Array{Float64: any(x).([]float64)}
}

// convert fills dst with the elements of a, rounded.
func convert[F kernel.Float](dst []F, a Array) {
	for i, x := range a.Float32 {
		dst[i] = F(x)
	}
	for i, x := range a.Float64 {
		dst[i] = F(x)
	}
}

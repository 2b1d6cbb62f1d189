// Package kerneltest lets the tests and benchmarks of kernels run every
// implementation on one machine.
package kerneltest

import (
	"math"
	"testing"

	"declive/internal/kernel"
)

// EachISA runs f with every instruction set that the machine has, as a test or a
// benchmark named after it. Parallel tests within f have ended when the next
// instruction set takes over; EachISA itself must not run beside tests of
// kernels.
func EachISA[T interface{ Run(string, func(T)) bool }](t T, f func(T)) {
	defer kernel.Use(kernel.InUse())
	for _, s := range kernel.Available() {
		kernel.Use(s)
		t.Run("impl="+s.String(), f)
	}
}

// BothTypes runs a test of each element type with every instruction set, the two
// types beside each other.
func BothTypes(t *testing.T, f32, f64 func(t *testing.T)) {
	EachISA(t, func(t *testing.T) {
		t.Run("float32", func(t *testing.T) { t.Parallel(); f32(t) })
		t.Run("float64", func(t *testing.T) { t.Parallel(); f64(t) })
	})
}

// ULP is the unit in the last place of x.
func ULP[F kernel.Float](x F) float64 {
	_, e := math.Frexp(float64(x))
	if kernel.Size[F]() == 4 {
		return math.Ldexp(1, max(e-24, -149))
	}
	return math.Ldexp(1, max(e-53, -1074))
}

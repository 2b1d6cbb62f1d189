package dense

import (
	"math"

	"gorgonia.org/tensor"
)

// Finite reports whether every x is a finite number.
func Finite(x ...float64) bool {
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// FirstNonFinite returns the place of v's first element, in row-major order, that
// is not finite, or −1. Integers are finite.
func FirstNonFinite(v *tensor.Dense) int {
	if !IsFloat(v.Dtype()) {
		return -1
	}
	for i := range v.Shape().TotalSize() {
		if !Finite(Element(v, i)) {
			return i
		}
	}
	return -1
}

package subject

import "math"

// Unit roundoffs: the largest relative error of rounding to float64 and to float32.
const (
	Eps64 = 0x1p-53
	Eps32 = 0x1p-24
)

// A Precision says which of a function and its gradient are computed in float32.
type Precision struct {
	Function32, Gradient32 bool
}

// single reports whether the gradient has no more than a float32's accuracy, by
// itself or because the function has not.
func (p Precision) single() bool { return p.Gradient32 || p.Function32 }

// Eps returns the unit roundoff of the function.
func (p Precision) Eps() float64 {
	if p.Function32 {
		return Eps32
	}
	return Eps64
}

// GradEps returns the unit roundoff of the gradient.
func (p Precision) GradEps() float64 {
	if p.single() {
		return Eps32
	}
	return Eps64
}

// GradRange returns the smallest normal and the largest number of the gradient's
// precision.
func (p Precision) GradRange() (least, most float64) {
	if p.single() {
		return 0x1p-126, math.MaxFloat32
	}
	return 0x1p-1022, math.MaxFloat64
}

// Round returns x as the function sees it.
func (p Precision) Round(x float64) float64 {
	if p.Function32 {
		return float64(float32(x))
	}
	return x
}

// RoundGrad returns x as the gradient has it.
func (p Precision) RoundGrad(x float64) float64 {
	if p.single() {
		return float64(float32(x))
	}
	return x
}

// Bounds are an interval that variables stay in; without, all numbers.
type Bounds struct {
	Given  bool
	Lo, Hi float64
}

// Inside reports whether x respects the bounds.
func (b Bounds) Inside(x float64) bool { return !b.Given || x >= b.Lo && x <= b.Hi }

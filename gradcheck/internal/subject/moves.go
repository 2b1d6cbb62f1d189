package subject

import (
	"math"
	"math/rand/v2"
	"slices"

	"declive/gradcheck/internal/norm"
	"declive/internal/dense"
)

// Offset returns x + h·u as the function sees it, and whether it is in bounds.
func (s *Subject) Offset(x, u [][]float64, h float64) ([][]float64, bool) {
	at := Clone(x)
	for b := range at {
		for i := range at[b] {
			at[b][i] = s.Round(at[b][i] + h*u[b][i])
			if !s.Inside(at[b][i]) {
				return nil, false
			}
		}
	}
	return at, true
}

// Perturbed returns the point with every variable moved at random by up to
// about the fraction r of its size, within bounds.
func (s *Subject) Perturbed(r float64) [][]float64 {
	x := Clone(s.X)
	for b := range x {
		for i, size := range Scales(x[b]) {
			moved := s.Round(x[b][i] + r*size*(2*s.Rand.Float64()-1))
			if s.Inside(moved) {
				x[b][i] = moved
			}
		}
	}
	return x
}

// OneRoundingAway returns x with every element moved up or down at random by a
// relative 2ε of the gradient's precision, rounded by it, within bounds: to a
// neighbour, or the one after.
func (s *Subject) OneRoundingAway(x [][]float64, round func(float64) float64) [][]float64 {
	at := Clone(x)
	for b, signs := range s.Signs(x) {
		for i := range at[b] {
			if moved := round(at[b][i] * (1 + 2*s.GradEps()*signs[i])); s.Inside(moved) {
				at[b][i] = moved
			}
		}
	}
	return at
}

// Signs draws ±1 for every element.
func (s *Subject) Signs(x [][]float64) [][]float64 {
	out := Zeros(x)
	for b := range out {
		for i := range out[b] {
			out[b][i] = sign(s.Rand)
		}
	}
	return out
}

func sign(rng *rand.Rand) float64 { return float64(1 - 2*rng.IntN(2)) }

// Direction draws u_i = ±U[½, 3/2]·size_i for every element of every variable.
func (s *Subject) Direction(rng *rand.Rand) [][]float64 {
	u := Zeros(s.X)
	for b := range u {
		u[b] = s.DirectionOf(rng, s.X[b])
	}
	return u
}

// DirectionOf draws u_i = ±U[½, 3/2]·size_i for the elements of a variable.
func (s *Subject) DirectionOf(rng *rand.Rand, x []float64) []float64 {
	u := Scales(x)
	for i := range u {
		u[i] *= (0.5 + rng.Float64()) * sign(rng)
	}
	return u
}

// Scales returns the length that steps of each element of x are measured in: its
// size, or where that is smaller the root mean square of all, or 1 if all are 0.
func Scales(x []float64) []float64 {
	floor := norm.RMS(x)
	out := make([]float64, len(x))
	for i := range x {
		if out[i] = max(math.Abs(x[i]), floor); out[i] == 0 {
			out[i] = 1
		}
	}
	return out
}

// Scale returns one length for all elements of x, the largest of [Scales].
func Scale(x []float64) float64 { return norm.Max(Scales(x)) }

// Clone returns a deep copy of x.
func Clone(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for i := range x {
		out[i] = slices.Clone(x[i])
	}
	return out
}

// Zeros returns zeros in the shape of x.
func Zeros(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for b := range x {
		out[b] = make([]float64, len(x[b]))
	}
	return out
}

// Finite reports whether all numbers are finite.
func Finite(x [][]float64) bool {
	return !slices.ContainsFunc(x, func(part []float64) bool { return !dense.Finite(part...) })
}

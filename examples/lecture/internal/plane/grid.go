// Package plane pictures losses of two weights: as a map with level curves, the
// way that a method goes over it, and as a surface in space.
//
// [Tabulate] computes a [Grid], [NewMap] draws it from above and [NewRelief] as a
// surface; both take the [Way] of a method and arrows. [Tangent] finds the
// direction of a level curve from values of the loss alone.
//
// Errors are those of the objective. The package draws two weights, no more.
package plane

import (
	"math"

	"gorgonia.org/tensor"

	"declive/optim/curvature"
)

// A Grid holds a loss of two weights at evenly spaced points.
type Grid struct {
	X, Y []float64   // the first and the second weight
	Loss [][]float64 // of X[i], Y[j] at [i][j]
}

// A Box is a part of the plane.
type Box struct{ Left, Right, Bottom, Top float64 }

// Tabulate returns the loss at n by n points over a box. It moves the weights
// and puts them back.
func Tabulate(o *curvature.Objective, b Box, n int) (*Grid, error) {
	defer o.Move(o.Point())
	g := &Grid{X: Between(b.Left, b.Right, n), Y: Between(b.Bottom, b.Top, n), Loss: make([][]float64, n)}
	for i, x := range g.X {
		g.Loss[i] = make([]float64, n)
		for j, y := range g.Y {
			var err error
			if g.Loss[i][j], err = LossAt(o, x, y); err != nil {
				return nil, err
			}
		}
	}
	return g, nil
}

// LossAt moves the weights and returns the loss there.
func LossAt(o *curvature.Objective, w ...float64) (float64, error) {
	if err := o.Move(w); err != nil {
		return 0, err
	}
	return o.Loss()
}

// Matrix returns a tensor of shape (rows, columns), filled row by row.
func Matrix(rows, columns int, x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(x))
}

// Between returns n evenly spaced numbers from lo to hi, with both.
func Between(lo, hi float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*float64(i)/float64(n-1)
	}
	return x
}

// Box returns the part of the plane that the grid covers.
func (g *Grid) Box() Box {
	return Box{g.X[0], g.X[len(g.X)-1], g.Y[0], g.Y[len(g.Y)-1]}
}

// Range returns the lowest and the highest loss.
func (g *Grid) Range() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, column := range g.Loss {
		for _, v := range column {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}

// Levels returns n levels between the lowest and the highest loss, the closer
// together the lower, as where the square root of the height rises evenly: the
// level curves of a bowl are then evenly spaced.
func (g *Grid) Levels(n int) []float64 {
	lo, hi := g.Range()
	levels := make([]float64, n)
	for i := range levels {
		t := (float64(i) + 0.5) / float64(n)
		levels[i] = lo + (hi-lo)*t*t
	}
	return levels
}

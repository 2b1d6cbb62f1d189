package plot

import (
	"errors"
	"fmt"
	"math"
)

// A Surface is a function of two numbers, such as the loss of two weights, at n by
// n evenly spaced points: what a [Map] and a [Relief] are drawn from. It never
// changes.
type Surface struct {
	x, y   []float64
	z      [][]float64 // of x[i], y[j] at [i][j]
	lo, hi float64     // of z
}

// A Box is a part of the plane.
type Box struct{ Left, Right, Bottom, Top float64 }

// check reports why nothing can be laid out over the box, or nil.
func (b Box) check() error {
	for _, side := range [][2]float64{{b.Left, b.Right}, {b.Bottom, b.Top}} {
		if lo, hi := side[0], side[1]; !apart(lo, hi) {
			return fmt.Errorf("the box reaches from %v to %v, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300", lo, hi)
		}
	}
	return nil
}

// contains reports whether a point lies in the box.
func (b Box) contains(x, y float64) bool {
	return x >= b.Left && x <= b.Right && y >= b.Bottom && y <= b.Top
}

// most is the largest number of points along a side of a surface.
const most = 4096

// Tabulate returns the values of f at n by n points over a box. It is an error if
// n is not from 2 to 4096, if f fails, or if a value is not finite.
func Tabulate(f func(x, y float64) (float64, error), b Box, n int) (*Surface, error) {
	switch {
	case f == nil:
		return nil, errors.New("plot: Tabulate: the function is nil")
	case n < 2 || n > most:
		return nil, fmt.Errorf("plot: Tabulate: n is %d, want 2 to %d", n, most)
	}
	if err := b.check(); err != nil {
		return nil, fmt.Errorf("plot: Tabulate: %w", err)
	}
	s := &Surface{x: spaced(b.Left, b.Right, n), y: spaced(b.Bottom, b.Top, n), z: make([][]float64, n), lo: math.Inf(1), hi: math.Inf(-1)}
	for i, x := range s.x {
		s.z[i] = make([]float64, n)
		for j, y := range s.y {
			z, err := f(x, y)
			if err == nil && (math.IsNaN(z) || math.IsInf(z, 0)) {
				err = fmt.Errorf("the value is %v, want a finite one", z)
			}
			if err != nil {
				return nil, fmt.Errorf("plot: Tabulate: at (%v, %v): %w", x, y, err)
			}
			s.z[i][j], s.lo, s.hi = z, min(s.lo, z), max(s.hi, z)
		}
	}
	if s.hi-s.lo > longest {
		return nil, fmt.Errorf("plot: Tabulate: the values reach from %v to %v, too far for a picture", s.lo, s.hi)
	}
	return s, nil
}

// spaced returns n evenly spaced numbers from lo to hi, with both.
func spaced(lo, hi float64, n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + (hi-lo)*float64(i)/float64(n-1)
	}
	return x
}

// Box returns the part of the plane that the surface covers.
func (s *Surface) Box() Box {
	if s == nil || s.x == nil {
		return Box{}
	}
	return Box{s.x[0], s.x[len(s.x)-1], s.y[0], s.y[len(s.y)-1]}
}

// Range returns the lowest and the highest value, 0 and 0 of a Surface that
// [Tabulate] has not made.
func (s *Surface) Range() (lo, hi float64) {
	if s == nil {
		return 0, 0
	}
	return s.lo, s.hi
}

// Levels returns n levels between the lowest and the highest value, the closer
// together the lower, as where the square root of the height rises evenly: the
// level curves of a bowl are then evenly spaced. There are none for n
// below 1, and no more than 4096.
func (s *Surface) Levels(n int) []float64 {
	lo, hi := s.Range()
	levels := make([]float64, min(max(n, 0), most))
	for i := range levels {
		t := (float64(i) + 0.5) / float64(len(levels))
		levels[i] = lo + (hi-lo)*t*t
	}
	return levels
}

// check reports why a surface cannot be drawn, or nil.
func (s *Surface) check() error {
	if s == nil || s.x == nil {
		return errors.New("there is no surface, want one of Tabulate")
	}
	return nil
}

// up returns the part of the way from the lowest value to the highest, 0 to 1.
func (s *Surface) up(z float64) float64 {
	if s.lo == s.hi {
		return 0
	}
	return min(max((z-s.lo)/(s.hi-s.lo), 0), 1) // an interpolated z may be below lo by rounding
}

// interpolate returns the value at a part of the way along each axis.
func (s *Surface) interpolate(u, v float64) float64 {
	i, a := cell(u, len(s.x))
	j, b := cell(v, len(s.y))
	return (1-a)*((1-b)*s.z[i][j]+b*s.z[i][j+1]) + a*((1-b)*s.z[i+1][j]+b*s.z[i+1][j+1])
}

// cell returns the cell of a grid of n points at a part of the way, and the part
// of the way through it.
func cell(u float64, n int) (int, float64) {
	u *= float64(n - 1)
	i := max(0, min(int(u), n-2))
	return i, u - float64(i)
}

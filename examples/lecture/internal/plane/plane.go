// Package plane is what the sections about losses of two weights share: the loss
// tabulated over the plane of the weights, and the [Way] of a method in it.
package plane

import (
	"gorgonia.org/tensor"

	"declive/optim/curvature"
	"declive/plot"
)

// Tabulate returns the loss at n by n points over a box. It moves the weights and
// puts them back.
func Tabulate(o *curvature.Objective, b plot.Box, n int) (*plot.Surface, error) {
	defer o.Move(o.Point())
	return plot.Tabulate(func(x, y float64) (float64, error) { return LossAt(o, x, y) }, b, n)
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

// A Way is the weights before a method's first step and after each.
type Way [][]float64

// Path returns the way with a dot at each step.
func (w Way) Path(name string, style plot.Style) plot.Series {
	s := plot.Series{Name: name, Mark: plot.LineAndDots, Style: style}
	for _, at := range w {
		s.X, s.Y = append(s.X, at[0]), append(s.Y, at[1])
	}
	return s
}

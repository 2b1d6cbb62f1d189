package surface

import (
	"errors"
	"math"

	"declive/examples/lecture/internal/plane"
	"declive/optim/curvature"
)

// tangent returns the direction, of length 1, of the level curve through w,
// found without any gradient: on a small circle around w there are two points
// with the loss of w, one to each side of a downhill direction, and the chord
// between them is parallel to the curve up to the square of the radius. The
// weights are put back.
func tangent(o *curvature.Objective, w, downhill []float64, radius float64) (direction [2]float64, err error) {
	defer o.Move(w)
	level, err := plane.LossAt(o, w...)
	if err != nil {
		return direction, err
	}
	around := circle{o, w, radius, level}
	down := math.Atan2(downhill[1], downhill[0])
	left, err := around.crossing(down, down+math.Pi)
	if err != nil {
		return direction, err
	}
	right, err := around.crossing(down, down-math.Pi)
	if err != nil {
		return direction, err
	}
	dx, dy := math.Cos(left)-math.Cos(right), math.Sin(left)-math.Sin(right)
	length := math.Hypot(dx, dy)
	return [2]float64{dx / length, dy / length}, nil
}

// A circle is the loss on a circle, beside the level at its centre.
type circle struct {
	o             *curvature.Objective
	w             []float64
	radius, level float64
}

// above returns by how much the loss at an angle exceeds the level.
func (c circle) above(angle float64) (float64, error) {
	loss, err := plane.LossAt(c.o, c.w[0]+c.radius*math.Cos(angle), c.w[1]+c.radius*math.Sin(angle))
	return loss - c.level, err
}

// crossing bisects the arc from an angle below the level to one above it.
func (c circle) crossing(below, above float64) (float64, error) {
	for _, end := range []struct{ angle, sign float64 }{{below, -1}, {above, 1}} {
		if h, err := c.above(end.angle); err != nil || h*end.sign <= 0 {
			return 0, errors.Join(err, errors.New("the loss does not fall from one end of the arc to the other"))
		}
	}
	for range 60 {
		middle := (below + above) / 2
		h, err := c.above(middle)
		if err != nil {
			return 0, err
		}
		if h < 0 {
			below = middle
		} else {
			above = middle
		}
	}
	return below, nil
}

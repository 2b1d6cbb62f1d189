package surface

import (
	"math"

	"declive/examples/playground/internal/wire"
)

// A Level is the direction of the level curve at a point, and the angle in degrees
// between it and the step that was taken from there.
type Level struct {
	At    []wire.Number `json:"at"`
	Along [2]float64    `json:"along"` // of length 1
	Angle float64       `json:"angle"` // 0 to 90
}

// radius is that of the circle on which a level curve is looked for. The angle is off
// by about (radius·curvature/slope)².
const radius = 1e-5

// findLevel puts into the news the level curve through the point before the last
// step. It is found from losses alone: on a small circle there are two points with
// the loss of its centre, one to each side of the way down, and the chord between
// them is parallel to the curve. At a flat point there is none.
func (u *runner) findLevel() error {
	if u.before == nil || u.news.Diverged {
		return nil
	}
	w, now := u.before, u.point()
	step := [2]float64{now[0] - w[0], now[1] - w[1]}
	if math.Hypot(step[0], step[1]) < 1e-7 {
		return nil
	}
	c := circle{u, w, 0}
	var err error
	if c.level, err = u.objectiveAt(w); err != nil {
		return err
	}
	down, ok := c.lowest()
	if !ok {
		return nil
	}
	left, right := c.crossing(down, down+math.Pi), c.crossing(down, down-math.Pi)
	dx, dy := math.Cos(left)-math.Cos(right), math.Sin(left)-math.Sin(right)
	length := math.Hypot(dx, dy)
	cross, dot := step[0]*dy-step[1]*dx, step[0]*dx+step[1]*dy
	u.news.Level = &Level{wire.Numbers(w), [2]float64{dx / length, dy / length}, math.Atan2(math.Abs(cross), math.Abs(dot)) * 180 / math.Pi}
	return nil
}

// A circle is the loss around a point beside the loss there.
type circle struct {
	u     *runner
	w     []float64
	level float64
}

// above returns by how much the loss at an angle exceeds the level; NaN where there is
// none.
func (c circle) above(angle float64) float64 {
	loss, err := c.u.objectiveAt([]float64{c.w[0] + radius*math.Cos(angle), c.w[1] + radius*math.Sin(angle)})
	if err != nil {
		return math.NaN()
	}
	return loss - c.level
}

// lowest returns the angle, of eight, with the lowest loss, and whether the loss falls
// there and rises on the other side.
func (c circle) lowest() (angle float64, ok bool) {
	least := 0.0
	for k := range 8 {
		if h := c.above(float64(k) * math.Pi / 4); h < least {
			angle, least = float64(k)*math.Pi/4, h
		}
	}
	return angle, least < 0 && c.above(angle+math.Pi) > 0
}

// crossing bisects the arc from an angle below the level to one above it.
func (c circle) crossing(below, above float64) float64 {
	for range 32 {
		middle := (below + above) / 2
		if c.above(middle) < 0 {
			below = middle
		} else {
			above = middle
		}
	}
	return below
}

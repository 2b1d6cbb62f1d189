package plot

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
)

// What is near is painted last and hides the rest.
func TestSceneHides(t *testing.T) {
	s := &scene{azimuth: 0, elevation: 0.3} // the eye is at large x
	var order []string
	for _, name := range []string{"near", "far", "middle"} {
		x := map[string]float64{"near": 2, "middle": 1, "far": 0}[name]
		s.add(0, func(draw.Canvas, []vg.Point) { order = append(order, name) }, place{x, 0, 0}, place{x, 1, 1})
	}
	s.draw(draw.New(vgimg.New(100, 100)))
	assert.Equal(t, []string{"far", "middle", "near"}, order)
}

func TestShadeRises(t *testing.T) {
	last := -1.0
	for _, u := range spaced(0, 1, 101) {
		c := shade(u)
		bright := bright(c)
		assert.Greater(t, bright, last, u)
		last = bright
	}
}

package plane

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"declive/autodiff"
	"declive/optim/curvature"
)

// bowl is x² + 4·y².
func bowl(t *testing.T) *curvature.Objective {
	t.Helper()
	w := autodiff.NewParam("w", Matrix(1, 2, 3, 4))
	loss := func(x, _ *autodiff.Node) *autodiff.Node {
		g := x.Graph()
		return g.Param(w).Square().Mul(g.Constant(Matrix(1, 2, 1, 4))).Sum()
	}
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w}, autodiff.Batch{})
	require.NoError(t, err)
	return o
}

func TestGrid(t *testing.T) {
	o := bowl(t)
	g, err := Tabulate(o, Box{-1, 2, -3, 1}, 13)
	require.NoError(t, err)
	assert.Equal(t, []float64{3, 4}, o.Point(), "the weights are put back")
	assert.Equal(t, Box{-1, 2, -3, 1}, g.Box())
	assert.Equal(t, 37.0, g.Loss[0][0])
	lo, hi := g.Range()
	assert.Equal(t, []float64{0, 40}, []float64{lo, hi})
	assert.InDeltaSlice(t, []float64{2.5, 22.5}, g.Levels(2), 1e-12)
	assert.InDelta(t, 37, g.interpolate(0, 0), 1e-12)
	assert.InDelta(t, 8, g.interpolate(1, 1), 1e-12)
}

// The pieces of a level curve lie on it as far as a grid can tell, and none ends
// inside the grid: each end is shared by two pieces or on the edge.
func TestContour(t *testing.T) {
	g, err := Tabulate(bowl(t), Box{-1.5, 1.5, -1.5, 1.5}, 61)
	require.NoError(t, err)
	pieces := g.contour(1)
	require.NotEmpty(t, pieces)
	ends := map[[2]int]int{}
	for _, s := range pieces {
		for _, p := range s {
			assert.InDelta(t, 1, p[0]*p[0]+4*p[1]*p[1], 4*2*0.05*0.05) // curvature 8 over a cell's diagonal
			ends[[2]int{int(math.Round(1e9 * p[0])), int(math.Round(1e9 * p[1]))}]++
		}
	}
	for at, n := range ends {
		assert.Zero(t, n%2, at)
	}
	joined := lines(pieces)
	require.Len(t, joined, 1, "an ellipse is one line")
	assert.Len(t, joined[0], len(pieces)+1)
	assert.Equal(t, joined[0][0], joined[0][len(pieces)], "and closed")
}

func TestTangent(t *testing.T) {
	o := bowl(t)
	tangent, err := Tangent(o, []float64{1, 0.5}, []float64{-1, -1}, 1e-4)
	require.NoError(t, err)
	// the gradient is (2, 4), so the curve runs along (2, −1)/√5
	assert.InDelta(t, 0, (2*tangent[0]+4*tangent[1])/math.Sqrt(20), 1e-8)
	assert.InDelta(t, 1, math.Hypot(tangent[0], tangent[1]), 1e-12)
	_, err = Tangent(o, []float64{1, 0.5}, []float64{1, 1}, 1e-4)
	assert.ErrorContains(t, err, "does not fall")
}

// What is near is painted last and hides the rest.
func TestSceneHides(t *testing.T) {
	s := &Scene{Azimuth: 0, Elevation: 0.3} // the eye is at large x
	var order []string
	for _, name := range []string{"near", "far", "middle"} {
		x := map[string]float64{"near": 2, "middle": 1, "far": 0}[name]
		s.add(0, func(draw.Canvas, []vg.Point) { order = append(order, name) }, Point{x, 0, 0}, Point{x, 1, 1})
	}
	s.Draw(draw.New(vgimg.New(100, 100)))
	assert.Equal(t, []string{"far", "middle", "near"}, order)
}

func TestShadeRises(t *testing.T) {
	last := -1.0
	for _, u := range Between(0, 1, 101) {
		c := shade(u)
		bright := 0.2126*float64(c.R) + 0.7152*float64(c.G) + 0.0722*float64(c.B)
		assert.Greater(t, bright, last, u)
		last = bright
	}
}

package plot

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// A unit is as long along one axis as along the other: the area of a box of 3 by
// 4 has these proportions, whatever the canvas.
func TestMapHasEqualUnits(t *testing.T) {
	m := Map{Title: "T", X: "x", Y: "y", Surface: bowl(t, Box{-1, 2, -3, 1}, 9), Paths: []Series{{Name: "way", Y: []float64{0}}}}
	for _, side := range []float64{300, 500} {
		p, err := m.plot()
		require.NoError(t, err)
		marks := &marker{}
		p.Add(marks)
		drawLevel(p, m.Surface.Box(), canvas(400, vg.Length(side)))
		size := marks.area.Size()
		assert.InDelta(t, 3.0/4, float64(size.X/size.Y), 1e-9)
	}
}

// The colour is darkest at the minimum, and a path is drawn where it leads.
func TestMap(t *testing.T) {
	s := bowl(t, Box{-1, 1, -1, 1}, 41)
	img := s.image(64)
	dark := bright(rgba(img.At(32, 32)))
	for _, p := range [][2]int{{1, 1}, {62, 1}, {32, 10}, {10, 32}} {
		assert.Greater(t, bright(rgba(img.At(p[0], p[1]))), dark)
	}
	picture := drawn(t, Map{Surface: s, Levels: []float64{}, Paths: []Series{{X: []float64{-1, 0}, Y: []float64{-1, 0}, Style: Style{Color: Vermilion, Width: 3}}}})
	way := hull(places(picture, Vermilion))
	size := picture.Bounds().Size()
	assert.Less(t, way.Max.X, size.X*6/10)
	assert.Greater(t, way.Min.Y, size.Y*4/10)
}

// Every level has its curve, and its number where there is room.
func TestLevels(t *testing.T) {
	s := bowl(t, Box{-1, 1, -1, 1}, 41)
	svg := svgOf(t, Map{Surface: s, Levels: []float64{0.5, 2.25}})
	assert.Contains(t, svg, ">2.25<")
	assert.NotContains(t, svgOf(t, Map{Surface: s, Levels: []float64{}}), ">2.25<")
}

// A surface that is flat everywhere has one colour and no curves.
func TestFlatSurface(t *testing.T) {
	flat, err := Tabulate(func(_, _ float64) (float64, error) { return 7, nil }, Box{0, 1, 0, 1}, 3)
	require.NoError(t, err)
	assert.Empty(t, flat.contour(flat.Levels(1)[0]))
	assert.NoError(t, Map{Surface: flat}.Draw(canvas(200, 200)))
	assert.NoError(t, Relief{Surface: flat}.Draw(canvas(200, 200)))
	assert.Equal(t, flat.image(2).At(0, 0), flat.image(2).At(1, 1))
}

// Between points of the lowest height, numbers round to less than that: on amd64,
// for three of these floors.
func TestSurfaceWithAFlatFloor(t *testing.T) {
	for _, floor := range spaced(0.1, 0.9, 20) {
		s, err := Tabulate(func(x, _ float64) (float64, error) { return max(floor, x), nil }, Box{-1, 2, -3, 1}, 11)
		require.NoError(t, err)
		assert.NoError(t, Map{Surface: s}.Draw(canvas(60, 50)))
		assert.NoError(t, Relief{Surface: s}.Draw(canvas(60, 50)))
	}
}

// The longest arrow is as long as is said: 40 points, at 192 dots in 72.
func TestArrows(t *testing.T) {
	a := Arrows{X: []float64{-0.5, -0.5}, Y: []float64{0, 0.5}, DX: []float64{4, 1}, DY: []float64{0, 0}, Longest: 40, Style: Style{Color: Vermilion, Width: 3}}
	m := Map{Surface: bowl(t, Box{-1, 1, -1, 1}, 3), Levels: []float64{}, Arrows: a}
	assert.InDelta(t, 40*192/72, hull(places(drawn(t, m), Vermilion)).Dx(), 3)
	m.Arrows.Name = "slope"
	assert.Contains(t, svgOf(t, m), ">slope<")

	drawn := func(a Arrows) (all [][4]float64) {
		a.each(Box{-1, 1, -1, 1}, 28, func(x, y, dx, dy float64) { all = append(all, [4]float64{x, y, dx, dy}) })
		return all
	}
	a.Longest = 0
	assert.Equal(t, [][4]float64{{-0.5, 0, 28, 0}, {-0.5, 0.5, 7, 0}}, drawn(a))
	a.X[1] = 7
	assert.Len(t, drawn(a), 1, "one starts beyond the surface")
	assert.Empty(t, drawn(Arrows{X: []float64{0}, Y: []float64{0}, DX: []float64{0}, DY: []float64{0}}))
}

// Whatever the numbers, a map and a relief are drawn or refused.
func TestAnySurface(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64Range(-10, 10), rapid.SampledFrom([]float64{5e-324, 1e-300, 1e-200, 1e200, -1e299, 1e300, 1e308, nan, inf}))
		x, y := []float64{number.Draw(t, "left"), number.Draw(t, "right")}, []float64{number.Draw(t, "bottom"), number.Draw(t, "top")}
		box := Box{slices.Min(x), slices.Max(x), slices.Min(y), slices.Max(y)}
		s, err := Tabulate(func(_, _ float64) (float64, error) { return number.Draw(t, "z"), nil }, box, 3)
		if err != nil {
			return
		}
		some := func(name string) []float64 { return rapid.SliceOfN(number, 3, 3).Draw(t, name) }
		a := Arrows{X: some("x"), Y: some("y"), DX: some("dx"), DY: some("dy")}
		paths := []Series{{X: some("x"), Y: some("y"), Mark: LineAndDots}}
		for _, p := range []Picture{Map{Surface: s, Arrows: a, Paths: paths, Levels: some("levels")}, Relief{Surface: s, Arrows: a, Paths: paths}} {
			if err := p.Draw(canvas(60, 50)); err != nil {
				assert.ErrorContains(t, err, "arrows: ")
			}
		}
	})
}

func TestMapAndReliefRefuse(t *testing.T) {
	s := bowl(t, Box{-1, 1, -1, 1}, 3)
	for _, c := range []struct {
		want    string
		surface *Surface
		arrows  Arrows
		paths   []Series
	}{
		{want: "there is no surface, want one of Tabulate"},
		{want: "there is no surface, want one of Tabulate", surface: &Surface{}},
		{"arrows: 1, 0, 1 and 1 numbers for x, y, dx and dy, want as many", s, Arrows{X: []float64{1}, DX: []float64{1}, DY: []float64{1}}, nil},
		{"arrows: arrow 0 has the number NaN, want -1e150 to 1e150", s, Arrows{X: []float64{1}, Y: []float64{1}, DX: []float64{nan}, DY: []float64{1}}, nil},
		{"arrows: the longest is -1, want 0 to 2834", s, Arrows{Longest: -1}, nil},
		{"arrows: the width is -1 pt, want 0 to 2834", s, Arrows{Style: Style{Width: -1}}, nil},
		{`series 0, "p": 1 numbers for x and 2 for y, want as many`, s, Arrows{}, []Series{{Name: "p", X: []float64{1}, Y: []float64{1, 2}}}},
	} {
		assert.EqualError(t, Map{Title: "T", Surface: c.surface, Arrows: c.arrows, Paths: c.paths}.Draw(canvas(100, 100)), `plot: map "T": `+c.want)
		assert.EqualError(t, Relief{Surface: c.surface, Arrows: c.arrows, Paths: c.paths}.Draw(canvas(100, 100)), `plot: relief: `+c.want)
	}
	for _, path := range []Series{{Mark: Rings}, {Mark: Steps}, {Mark: Dots, Y: []float64{1}, Radii: []float64{1}}} {
		assert.ErrorContains(t, Relief{Surface: s, Paths: []Series{path}}.Draw(canvas(100, 100)), "no rings and no steps")
	}
}

// Levels that are not finite, and points beyond the surface, are not there.
func TestWhatIsNotThere(t *testing.T) {
	s := bowl(t, Box{-1, 1, -1, 1}, 3)
	levels := []float64{nan, inf, -inf, 1e300}
	paths := []Series{{X: []float64{0, 9, nan, 0.5}, Y: []float64{0, 0, 0, inf}, Mark: LineAndDots}}
	assert.NoError(t, Map{Surface: s, Levels: levels, Paths: paths}.Draw(canvas(200, 200)))
	assert.NoError(t, Relief{Surface: s, Levels: levels, Paths: paths}.Draw(canvas(200, 200)))
}

package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

var (
	nan = math.NaN()
	inf = math.Inf(1)
)

// The highest point of a line is on the left where it falls and on the right
// where it rises; the second line has the second colour.
func TestChart(t *testing.T) {
	lines := func(y ...float64) image.Image {
		return drawn(t, Chart{Series: []Series{{Y: y}, {Y: []float64{2, 2, 2}}}})
	}
	falling, rising := lines(3, 2, 1), lines(1, 2, 3)
	assert.Less(t, places(falling, Blue)[0].X, falling.Bounds().Dx()/4)
	assert.Greater(t, places(rising, Blue)[0].X, 3*rising.Bounds().Dx()/4)
	assert.NotEmpty(t, places(falling, Vermilion))
}

// On logarithmic axes y = x³ is a straight line: its middle is half-way.
func TestLogarithmicAxes(t *testing.T) {
	cube := Chart{
		X: Axis{Log: true}, Y: Axis{Log: true},
		Series: []Series{{X: []float64{1, 10, 100}, Y: []float64{1, 1e3, 1e6}, Mark: Dots, Style: Style{Color: Green, Radius: 4}}},
	}
	r := hull(places(drawn(t, cube), Green))
	middle := Series{X: []float64{10}, Y: []float64{1e3}, Mark: Dots, Style: Style{Color: Purple, Radius: 4}}
	cube.Series = append(cube.Series, middle)
	m := hull(places(drawn(t, cube), Purple))
	assert.InDelta(t, (r.Min.X+r.Max.X)/2, (m.Min.X+m.Max.X)/2, 1)
	assert.InDelta(t, (r.Min.Y+r.Max.Y)/2, (m.Min.Y+m.Max.Y)/2, 1)
}

// A number that is not there leaves a gap in a line.
func TestGaps(t *testing.T) {
	middle := func(y ...float64) (n int) {
		img := drawn(t, Chart{Series: []Series{{Y: y}}, Width: 9, Height: 5})
		for _, p := range places(img, Blue) {
			if x := p.X * 100 / img.Bounds().Dx(); x > 45 && x < 60 {
				n++
			}
		}
		return n
	}
	assert.Positive(t, middle(1, 1, 1, 1, 1))
	assert.Zero(t, middle(1, 1, nan, 1, 1))

	for _, gap := range []float64{nan, inf, -inf, 0, -1} { // on logarithmic axes
		runs := (&Series{Y: []float64{1, gap, 2, 3}, Radii: []float64{1, 2, 3, 4}}).runs(axisOf(true), axisOf(true))
		require.Len(t, runs, 2, "%v", gap)
		assert.Equal(t, plotter.XYs{{X: 3, Y: 2}, {X: 4, Y: 3}}, runs[1].XYs)
		assert.Equal(t, []float64{3, 4}, runs[1].radii)
	}
}

// A ring has no inside, a dot has, and steps leave the diagonal free.
func TestMarks(t *testing.T) {
	centre := func(mark Mark) color.RGBA {
		c := Chart{Series: []Series{{Y: []float64{1}, Mark: mark, Style: Style{Color: Blue, Radius: 10}}}}
		img := drawn(t, c)
		r := hull(places(img, Blue))
		return rgba(img.At((r.Min.X+r.Max.X)/2, r.Min.Y+r.Dy()/3))
	}
	assert.Equal(t, Blue, centre(Dots))
	assert.NotEqual(t, Blue, centre(Rings))
	between := func(mark Mark) int {
		img := drawn(t, Chart{X: Axis{Range: [2]float64{0, 2}}, Series: []Series{{X: []float64{0, 2}, Y: []float64{0, 2}, Mark: mark}}})
		n := 0
		for _, p := range places(img, Blue) {
			if p.X > 500 && p.X < 700 && p.Y > 250 && p.Y < 450 {
				n++
			}
		}
		return n
	}
	assert.Positive(t, between(Line))
	assert.Positive(t, between(LineAndDots))
	assert.Zero(t, between(Steps))
}

// Dots have radii of their own, here of 12 and 3 points, at 192 dots in 72.
func TestRadii(t *testing.T) {
	img := drawn(t, Chart{Series: []Series{{X: []float64{1, 2}, Y: []float64{1, 2}, Mark: Dots, Radii: []float64{12, 3}}}})
	at := places(img, Blue)
	upper, lower := at[0], at[len(at)-1]
	size := func(near image.Point) image.Rectangle {
		var mine []image.Point
		for _, p := range at {
			if d := p.Sub(near); d.X*d.X+d.Y*d.Y < 200*200 {
				mine = append(mine, p)
			}
		}
		return hull(mine)
	}
	assert.InDelta(t, 6*192/72, size(upper).Dx(), 2)
	assert.InDelta(t, 24*192/72, size(lower).Dx(), 2)
}

// The legend stands to the right of all that is drawn, on a canvas of any size,
// or inside at the top.
func TestLegend(t *testing.T) {
	c := Chart{Series: []Series{{Name: "a line with a long name", X: []float64{1, 10}, Y: []float64{1, 2}}}}
	p, err := c.plot()
	require.NoError(t, err)
	marks := &marker{}
	p.Add(marks)
	to := canvas(12*vg.Centimeter, 8*vg.Centimeter)
	wide := p.Legend.Rectangle(to).Size().X
	drawBeside(p, to)
	assert.Less(t, marks.area.Max.X, to.Max.X-wide)
	drawBody(p, to)
	assert.Greater(t, marks.area.Max.X, to.Max.X-10)

	c.Series = append(c.Series, Series{X: []float64{1, 10}, Y: []float64{1, 1}, Style: Style{Color: Green, Width: 3}})
	end := func(inside bool) int {
		c.Inside = inside
		return hull(places(drawn(t, c), Green)).Max.X
	}
	assert.Greater(t, end(true), end(false)+int(wide*192/72))
}

func TestNotesAndTicks(t *testing.T) {
	c := Chart{
		X:     Axis{Range: [2]float64{0, 8}},
		Y:     Axis{Range: [2]float64{-1, 1}, Ticks: []Tick{{At: 0.5, Name: "half"}}},
		Notes: []Note{{Text: "here", X: 2, Y: 0}},
	}
	var svg = svgOf(t, c)
	assert.Contains(t, svg, ">half<")
	assert.Contains(t, svg, ">here<")
	assert.NotContains(t, svg, "0.5<")
}

func TestRangesOfAxes(t *testing.T) {
	y := []float64{3, 5, 4}
	for name, c := range map[string]struct {
		axis   Axis
		lo, hi float64
	}{
		"data":      {Axis{}, 3, 5},
		"zero":      {Axis{Zero: true}, 0, 5},
		"given":     {Axis{Range: [2]float64{-2, 4.5}}, -2, 4.5},
		"logarithm": {Axis{Log: true}, 3, 5},
	} {
		p, err := Chart{Y: c.axis, Series: []Series{{Y: y}}}.plot()
		require.NoError(t, err)
		assert.Equal(t, []float64{c.lo, c.hi}, []float64{p.Y.Min, p.Y.Max}, name)
	}
}

// Data without any spread get an axis all the same, and so do no data.
func TestWidened(t *testing.T) {
	for _, c := range []struct {
		lo, hi   float64
		log      bool
		from, to float64
	}{
		{5, 5, false, 4, 6},
		{0, 0, false, -1, 1},
		{1e17, 1e17 + 16, false, 0.9e17, 1.1e17 + 16},
		{5, 5, true, 2.5, 10},
		{inf, -inf, false, 0, 1},
		{inf, -inf, true, 1, 10},
		{1, 2, false, 1, 2},
	} {
		from, to := widened(c.lo, c.hi, c.log)
		assert.InDelta(t, c.from, from, 1e-12*math.Abs(c.from), c)
		assert.InDelta(t, c.to, to, 1e-12*math.Abs(c.to), c)
	}
}

func TestChartRefuses(t *testing.T) {
	y := []float64{1, 2}
	for _, c := range []struct {
		want  string
		chart Chart
	}{
		{`series 0, "s": 3 numbers for x and 2 for y, want as many`, Chart{Series: []Series{{Name: "s", X: []float64{1, 2, 3}, Y: y}}}},
		{`series 0, "": 0 numbers for x and 2 for y, want as many`, Chart{Series: []Series{{X: []float64{}, Y: y}}}},
		{`series 1, "b": the mark is 5, want one from Line to Steps`, Chart{Series: []Series{{Y: y}, {Name: "b", Y: y, Mark: Steps + 1}}}},
		{`series 0, "": the mark is -1, want one from Line to Steps`, Chart{Series: []Series{{Y: y, Mark: -1}}}},
		{`series 0, "": a line without dots has radii`, Chart{Series: []Series{{Y: y, Radii: y}}}},
		{`series 0, "": 2 radii of 1 points`, Chart{Series: []Series{{Y: y[:1], Radii: y, Mark: Dots}}}},
		{`series 0, "": a radius is 0 pt, want more than 0 and at most 2834`, Chart{Series: []Series{{Y: y, Radii: []float64{1, 0}, Mark: Dots}}}},
		{`series 0, "": the width is -1 pt, want 0 to 2834`, Chart{Series: []Series{{Y: y, Style: Style{Width: -1}}}}},
		{`series 0, "": the radius is NaN pt, want 0 to 2834`, Chart{Series: []Series{{Y: y, Style: Style{Radius: nan}}}}},
		{`series 0, "": a dash is +Inf pt long, want 0 to 2834`, Chart{Series: []Series{{Y: y, Style: Style{Dashes: []float64{1, inf}}}}}},
		{`series 0, "": all dashes have the length 0`, Chart{Series: []Series{{Y: y, Style: Style{Dashes: []float64{0, 0}}}}}},
		{`axis x: the range is 2 to 1, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300`, Chart{X: Axis{Range: [2]float64{2, 1}}}},
		{`axis y: the range is NaN to 1, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300`, Chart{Y: Axis{Range: [2]float64{nan, 1}}}},
		{`axis y: the range is -1e+308 to 1e+308, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300`, Chart{Y: Axis{Range: [2]float64{-1e308, 1e308}}}},
		{`axis x: the range of a logarithmic axis is 0 to 1, want positive numbers`, Chart{X: Axis{Log: true, Range: [2]float64{0, 1}}}},
		{`axis x: the axis reaches to 0 and has a range or a logarithmic scale`, Chart{X: Axis{Log: true, Zero: true}}},
		{`axis x: the axis reaches to 0 and has a range or a logarithmic scale`, Chart{X: Axis{Zero: true, Range: [2]float64{1, 2}}}},
		{`axis x: the tick "t" is at NaN, where the axis is not`, Chart{X: Axis{Ticks: []Tick{{nan, "t"}}}}},
		{`axis x: the tick "t" is at 0, where the axis is not`, Chart{X: Axis{Log: true, Ticks: []Tick{{0, "t"}}}}},
		{`axis y: the data reach from -1e+308 to 1e+308, too far for an axis`, Chart{Series: []Series{{Y: []float64{-1e308, 1e308}}}}},
		{`the note "n" is at (+Inf, 0), where the axes are not`, Chart{Notes: []Note{{"n", inf, 0}}}},
		{`the note "n" is at (1, -1), where the axes are not`, Chart{Y: Axis{Log: true}, Notes: []Note{{"n", 1, -1}}}},
	} {
		c.chart.Title = "T"
		assert.EqualError(t, c.chart.Draw(canvas(100, 100)), `plot: chart "T": `+c.want)
	}
}

// Whatever the numbers, a chart is drawn or refused; nothing panics or hangs.
func TestAnyNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 1, -1, 5e-324, -5e-324, 1e308, -1e308, 1e17, 1e17 + 16, nan, inf, -inf}))
		axis := rapid.Custom(func(t *rapid.T) Axis {
			a := Axis{Log: rapid.Bool().Draw(t, "log"), Zero: rapid.Bool().Draw(t, "zero")}
			if rapid.Bool().Draw(t, "given") {
				a.Range = [2]float64{number.Draw(t, "from"), number.Draw(t, "to")}
			}
			return a
		})
		c := Chart{X: axis.Draw(t, "x"), Y: axis.Draw(t, "y")}
		for i := range rapid.IntRange(0, 2).Draw(t, "series") {
			n := rapid.IntRange(0, 4).Draw(t, "points")
			c.Series = append(c.Series, Series{
				Name: fmt.Sprint(i),
				X:    rapid.SliceOfN(number, n, n).Draw(t, "x"),
				Y:    rapid.SliceOfN(number, n, n).Draw(t, "y"),
				Mark: Mark(rapid.IntRange(0, 4).Draw(t, "mark")),
			})
		}
		if err := c.Draw(canvas(200, 100)); err != nil {
			assert.Contains(t, err.Error(), "plot: chart")
		}
	})
}

func TestLooksDiffer(t *testing.T) {
	for i := range 36 {
		for j := range i {
			assert.NotEqual(t, Look(i), Look(j), "%d and %d", i, j)
		}
		assert.Equal(t, Look(i), Look(i+36))
		assert.Equal(t, Look(i), Look(i-36))
	}
	for i := range 9 {
		for j := range i {
			assert.NotEqual(t, Look(i).Color, Look(j).Color)
		}
	}
	assert.Equal(t, Blue, Look(-72).Color)
}

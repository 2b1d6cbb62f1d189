package plot

import (
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Of four cells in a picture that fill it but for the names, the colours at their
// middles: the first row is at the top.
func quarters(img image.Image) [2][2]color.RGBA {
	return [2][2]color.RGBA{{at(img, 0.25, 0.35), at(img, 0.75, 0.35)}, {at(img, 0.25, 0.7), at(img, 0.75, 0.7)}}
}

// Ten examples of class 0 are all right; of class 1 half are taken for 0.
func TestConfusion(t *testing.T) {
	c := Confusion{Counts: [][]int{{10, 0}, {3, 3}}, Classes: []string{"yes", "no"}}
	cells := quarters(drawn(t, c))
	assert.Equal(t, Blue, cells[0][0])
	assert.Equal(t, white, cells[0][1])
	for j, cell := range cells[1] { // half of white and half of 00 72 b2
		for k, want := range []float64{127.5, 184.5, 216.5} {
			assert.InDelta(t, want, float64([]uint8{cell.R, cell.G, cell.B}[k]), 1, "cell %d", j)
		}
	}
	svg := svgOf(t, c)
	for _, s := range []string{">100<", ">50<", ">yes<", ">no<", ">class<", ">taken for<"} {
		assert.Contains(t, svg, s)
	}
	assert.NotContains(t, svg, ">0<", "a cell without examples is empty")
	c.Truth, c.Answer = "classe", "tomada por"
	svg = svgOf(t, c)
	assert.Contains(t, svg, ">classe<")
	assert.Contains(t, svg, ">tomada por<")
}

// Many classes have no numbers, and a class without examples no colour.
func TestConfusionOfManyClasses(t *testing.T) {
	counts := make([][]int, 21)
	for i := range counts {
		counts[i] = make([]int, 21)
		counts[i][i] = 7 * (i % 2)
	}
	svg := svgOf(t, Confusion{Counts: counts})
	assert.NotContains(t, svg, ">100<")
	assert.Contains(t, svg, ">20<") // the name
}

func TestConfusionRefuses(t *testing.T) {
	for want, c := range map[string]Confusion{
		"there are no counts":   {},
		"3 names for 2 classes": {Counts: [][]int{{1, 2}, {3, 4}}, Classes: []string{"a", "b", "c"}},
		"row 1 has 1 counts, want 2, as many as there are rows": {Counts: [][]int{{1, 2}, {3}}},
		"the count at [1][0] is -3, want 0 or more":             {Counts: [][]int{{1, 2}, {-3, 4}}},
	} {
		c.Title = "T"
		assert.EqualError(t, c.Draw(canvas(100, 100)), `plot: confusion "T": `+want)
	}
}

// The first row is at the top, red above 0 and blue below it.
func TestTable(t *testing.T) {
	p := Table{Values: [][]float64{{2, -2}, {0, 1}}, Rows: []string{"r0", "r1"}, Columns: []string{"c0", "c1"}, X: "x", Y: "y"}
	cells := quarters(drawn(t, p))
	assert.Equal(t, "red", hue(cells[0][0]))
	assert.Equal(t, "blue", hue(cells[0][1]))
	assert.Equal(t, "grey", hue(cells[1][0]))
	assert.Equal(t, "red", hue(cells[1][1]))
	assert.Less(t, cells[0][0].G, cells[1][1].G, "2 is a stronger red than 1")
	svg := svgOf(t, p)
	for _, s := range []string{">-2<", ">r1<", ">c0<", ">x<", ">y<"} {
		assert.Contains(t, svg, s)
	}
	p.Values[1][0] = nan
	assert.Equal(t, white, quarters(drawn(t, p))[1][0])
}

func TestTableRefuses(t *testing.T) {
	two := [][]float64{{1, 2, 3}, {4, 5, 6}}
	for want, p := range map[string]Table{
		"there are no values":             {},
		"row 1 has 1 values, row 0 has 2": {Values: [][]float64{{1, 2}, {3}}},
		"1 names for 2 rows":              {Values: two, Rows: []string{"a"}},
		"2 names for 3 columns":           {Values: two, Columns: []string{"a", "b"}},
	} {
		p.Title = "T"
		assert.EqualError(t, p.Draw(canvas(100, 100)), `plot: table "T": `+want)
	}
	for _, p := range []Table{{}, {Values: [][]float64{{}}}} {
		assert.ErrorContains(t, p.Draw(canvas(100, 100)), "there are no values")
	}
}

// Text is black on light cells and white on dark ones, and has the page's colour
// where the page shows through.
func TestInk(t *testing.T) {
	assert.Equal(t, printed, ink(white))
	assert.Equal(t, color.White, ink(Blue))
	assert.Equal(t, printed, ink(color.RGBA{255, 230, 40, 255}))
	assert.Equal(t, Black, ink(color.NRGBA{Blue.R, Blue.G, Blue.B, 60}))
	assert.Equal(t, color.White, ink(color.NRGBA{Blue.R, Blue.G, Blue.B, 230}))
}

package plot

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func inlineOf(t *testing.T, p Picture) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, Inline(&b, p))
	return b.String()
}

// What is black or of the palette is the page's, and there is no paper.
func TestInlineFollowsThePage(t *testing.T) {
	c := Chart{Title: "a & b"}
	for i := range 9 {
		c.Series = append(c.Series, Series{Name: "s", Y: []float64{float64(i), 1}})
	}
	svg := inlineOf(t, c)
	assert.True(t, strings.HasPrefix(svg, "<svg "), svg[:20])
	for _, want := range []string{"a &amp; b", "stroke:currentColor", `fill="currentColor"`} {
		assert.Contains(t, svg, want)
	}
	for _, p := range properties {
		assert.Contains(t, svg, "var(--"+p.name+",#", "colour %s", p.name)
	}
	for _, unwanted := range []string{"#FFFFFF", "#000000", "<?xml", "Liberation Sans;"} {
		assert.NotContains(t, svg, unwanted)
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

// The image below a map is as wide as the map, also if that is no square.
func TestImagesFillTheirPlace(t *testing.T) {
	s, err := Tabulate(func(x, y float64) (float64, error) { return x * y, nil }, Box{Left: 0, Right: 3, Bottom: 0, Top: 1}, 5)
	require.NoError(t, err)
	for _, svg := range []string{svgOf(t, Map{Surface: s}), inlineOf(t, Map{Surface: s})} {
		assert.Equal(t, 1, strings.Count(svg, `<image preserveAspectRatio="none" x=`))
	}
}

// Numbers on a heat map, whose colours stay, are not the page's, but those of a
// confusion are where the page shows through.
func TestInlineTextOnColours(t *testing.T) {
	assert.Contains(t, inlineOf(t, Table{Values: [][]float64{{1, 0}}}), "fill:#010101\">0<")
	confusion := inlineOf(t, Confusion{Counts: [][]int{{9, 1}, {0, 2}}})
	assert.Contains(t, confusion, "px\">10<")
	assert.Contains(t, confusion, "fill:#FFFFFF\">90<")
}

package report

import (
	"slices"

	"declive/plot"
)

// phone is the width of a figure on a phone, in centimetres: text of 10 points is
// as large there as that of the page.
const phone = 9.5

// narrow returns a figure for a phone: pictures that stand beside each other
// stand below each other, and the rest keeps its height, or what a square needs.
func narrow(p plot.Picture) plot.Picture {
	switch p := p.(type) {
	case plot.Chart:
		p.Width, p.Height = phone, 7+0.55*float64(inLegend(p))
		return p
	case plot.Confusion:
		p.Width, p.Height = phone, phone
		return p
	case plot.Map:
		p.Width, p.Height = phone, phone+1+0.55*float64(len(p.Paths))
		return p
	case plot.Relief:
		p.Width, p.Height = 1.3*phone, 1.2*phone // or names meet
		return p
	case plot.Images:
		p.Width, p.Columns = phone, 4
		p.Height = 1.5 + 2.7*float64((len(p.Images)+3)/4)
		return p
	case plot.Tiles:
		return column(p)
	}
	return p
}

// column puts tiles below each other.
func column(t plot.Tiles) plot.Tiles {
	t.Width, t.Height, t.Columns = phone, 0, 1
	tallest := 0.0
	t.Pictures = slices.Clone(t.Pictures)
	for i, p := range t.Pictures {
		t.Pictures[i] = narrow(p)
		_, high := t.Pictures[i].Size()
		tallest = max(tallest, high)
	}
	t.Height = tallest * float64(len(t.Pictures))
	return t
}

// inLegend returns how many lines of a chart the legend lists.
func inLegend(c plot.Chart) int {
	n := 0
	for _, s := range c.Series {
		if s.Name != "" && !c.Inside {
			n++
		}
	}
	return n
}

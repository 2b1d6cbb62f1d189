package plane

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Draw returns what draws maps from left to right in rows of so many, a unit as
// long along one axis as along the other, so that right angles look right.
// Legends stand below.
func Draw(columns int, maps ...*Map) func(draw.Canvas) {
	return func(c draw.Canvas) {
		tiles := draw.Tiles{Rows: (len(maps) + columns - 1) / columns, Cols: columns, PadX: 8, PadY: 8}
		for i, m := range maps {
			m.draw(tiles.At(c, i%columns, i/columns))
		}
	}
}

// draw draws the map in the middle of a canvas, below it the legend.
func (m *Map) draw(c draw.Canvas) {
	body := *m.Plot
	body.X.Min, body.X.Max, body.Y.Min, body.Y.Max = m.box.Left, m.box.Right, m.box.Bottom, m.box.Top
	legend := body.Legend
	body.Legend = plot.NewLegend()
	legend.Top, legend.Left = false, true
	high := max(0, legend.Rectangle(c).Size().Y)
	top := draw.Crop(c, 0, 0, high+6, 0)
	data := body.DataCanvas(top).Size()
	wide, tall := m.box.Right-m.box.Left, m.box.Top-m.box.Bottom
	unit := min(float64(data.X)/wide, float64(data.Y)/tall)
	spareX, spareY := (data.X-vg.Length(unit*wide))/2, (data.Y-vg.Length(unit*tall))/2
	body.Draw(draw.Crop(top, spareX, -spareX, spareY, -spareY))
	if high > 0 {
		legend.Draw(draw.Crop(c, spareX+24, 0, spareY, 0))
	}
}

package classifier

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/theme"
)

// cells draws a confusion on the squares of unit length from the origin, the
// first row at the top.
type cells struct{ confusion }

// Plot draws each square and its share in per cent.
func (c cells) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	style := p.X.Tick.Label
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for i := range c.confusion {
		top := float64(len(c.confusion) - i)
		for j := range c.confusion {
			share := c.share(i, j)
			left := float64(j)
			canvas.FillPolygon(shade(share), []vg.Point{
				{X: x(left), Y: y(top)}, {X: x(left + 1), Y: y(top)}, {X: x(left + 1), Y: y(top - 1)}, {X: x(left), Y: y(top - 1)},
			})
			style.Color = color.Black
			if share > 0.6 {
				style.Color = color.White
			}
			canvas.FillText(style, vg.Point{X: x(left + 0.5), Y: y(top-0.5) + 1.5}, fmt.Sprintf("%.0f", 100*share))
		}
	}
}

// shade returns a colour between white for 0 and blue for 1.
func shade(share float64) color.Color {
	mix := func(to uint8) uint8 { return uint8(255 + share*(float64(to)-255)) }
	return color.RGBA{mix(theme.Blue.R), mix(theme.Blue.G), mix(theme.Blue.B), 255}
}

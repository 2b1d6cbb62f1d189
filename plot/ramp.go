package plot

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/palette/moreland"
)

var white = color.RGBA{0xff, 0xff, 0xff, 0xff}

// ramp are colours of even steps in brightness, dark to light, that readers
// with any colour vision put in the same order (viridis of matplotlib).
var ramp = []color.RGBA{
	{0x44, 0x01, 0x54, 0xff}, {0x48, 0x28, 0x78, 0xff}, {0x3e, 0x4a, 0x89, 0xff}, {0x31, 0x68, 0x8e, 0xff}, {0x26, 0x82, 0x8e, 0xff},
	{0x1f, 0x9e, 0x89, 0xff}, {0x35, 0xb7, 0x79, 0xff}, {0x6d, 0xcd, 0x59, 0xff}, {0xb4, 0xde, 0x2c, 0xff}, {0xfd, 0xe7, 0x25, 0xff},
}

// shade returns the colour of a part of the way up, 0 to 1.
func shade(t float64) color.RGBA {
	t = min(max(t, 0), 1) * float64(len(ramp)-1)
	i := min(int(t), len(ramp)-2)
	return mix(ramp[i], ramp[i+1], t-float64(i))
}

// tint returns the colour mixed with white, to draw on.
func tint(t float64) color.RGBA { return mix(shade(t), white, 0.55) }

// mix returns the colour that lies the part t of the way from a to b.
func mix(a, b color.RGBA, t float64) color.RGBA {
	at := func(a, b uint8) uint8 { return uint8(float64(a) + t*(float64(b)-float64(a)) + 0.5) }
	return color.RGBA{at(a.R, b.R), at(a.G, b.G), at(a.B, b.B), 0xff}
}

// diverging returns colours from blue through grey for 0 to red, which reach as
// far below 0 as above it: as far as the largest of the finite numbers. Others
// are white.
func diverging(numbers ...[]float64) func(v float64) color.RGBA {
	largest := 1e-30
	for _, row := range numbers {
		lo, hi := extent(row)
		largest = max(largest, -lo, hi)
	}
	m := moreland.SmoothBlueRed()
	m.SetMin(-1)
	m.SetMax(1)
	return func(v float64) color.RGBA {
		c, err := m.At(v / largest)
		if err != nil || math.IsNaN(v) {
			return white
		}
		return color.RGBAModel.Convert(c).(color.RGBA)
	}
}

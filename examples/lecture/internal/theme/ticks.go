package theme

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// ticks puts four to eight labelled ticks on an axis, at multiples of 1, 2 or 5
// times a power of ten.
type ticks struct{}

func (ticks) Ticks(lo, hi float64) []plot.Tick {
	if !(hi > lo) {
		return []plot.Tick{{Value: lo, Label: strconv.FormatFloat(lo, 'g', 4, 64)}}
	}
	step, decimals := spacing(hi - lo)
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	var out []plot.Tick
	for i := first; i <= last; i++ {
		out = append(out, plot.Tick{Value: i * step, Label: label(i*step, max(math.Abs(lo), math.Abs(hi)), decimals)})
	}
	return out
}

// spacing returns the distance of ticks on an axis so long, and how many
// decimals tell them apart.
func spacing(length float64) (step float64, decimals int) {
	power := math.Floor(math.Log10(length / 8 * 1.0000001))
	unit := math.Pow(10, power)
	for _, factor := range []float64{1, 2, 5, 10} {
		if step = factor * unit; length/step <= 8 {
			if factor == 10 {
				power++
			}
			break
		}
	}
	return step, max(0, int(-power))
}

// label writes plain numbers, but very large and very small ones with a power of
// ten.
func label(v, largest float64, decimals int) string {
	if v == 0 {
		return "0"
	}
	if largest >= 1e6 || largest < 1e-3 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// powers puts ticks at powers of ten on a logarithmic axis, up to eight of them
// labelled, and between them small ones at their multiples. An axis that has
// none or one of them is labelled at these too.
type powers struct{}

func (powers) Ticks(lo, hi float64) []plot.Tick {
	from, to := int(math.Floor(math.Log10(lo))), int(math.Ceil(math.Log10(hi)))
	every := (to-from)/8 + 1
	few := math.Floor(math.Log10(hi))-math.Ceil(math.Log10(lo)) < 1
	var out []plot.Tick
	for e := from; e <= to; e++ {
		power := math.Pow10(e)
		tick := plot.Tick{Value: power}
		if e%every == 0 {
			tick.Label = strconv.FormatFloat(power, 'g', -1, 64)
		}
		out = append(out, tick)
		for m := 2.0; m < 10 && every == 1; m++ {
			minor := plot.Tick{Value: m * power}
			if few && (m == 2 || m == 5) {
				minor.Label = strconv.FormatFloat(m*power, 'g', -1, 64)
			}
			out = append(out, minor)
		}
	}
	return out
}

package plot

import (
	"math"
	"strconv"

	gonum "gonum.org/v1/plot"
)

// ticks puts three to nine labelled ticks on an axis, at multiples of 1, 2 or 5
// times a power of ten.
type ticks struct{}

func (ticks) Ticks(lo, hi float64) []gonum.Tick {
	if hi-lo <= max(1e-12*math.Abs(lo), 1e-12*math.Abs(hi), 1e-300) { // numbers hardly tell such places apart
		return []gonum.Tick{{Value: lo, Label: strconv.FormatFloat(lo, 'g', 4, 64)}}
	}
	step, decimals := spacing(hi - lo)
	first, last := math.Ceil(lo/step-1e-9), math.Floor(hi/step+1e-9)
	var out []gonum.Tick
	for i := first; i <= last; i++ {
		out = append(out, gonum.Tick{Value: i * step, Label: number(i*step, max(math.Abs(lo), math.Abs(hi)), decimals)})
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

// number writes plain numbers, but very large and very small ones with a power of
// ten.
func number(v, largest float64, decimals int) string {
	if v == 0 {
		return "0"
	}
	if largest >= 1e6 || largest < 1e-3 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// powers puts ticks on a logarithmic axis, labelled at powers of ten and, where
// there are only few of these, also at 2 and 5 times.
type powers struct{}

func (powers) Ticks(lo, hi float64) []gonum.Tick {
	first, last := math.Floor(math.Log10(lo)), math.Ceil(math.Log10(hi))
	decades := math.Log10(hi) - math.Log10(lo)
	if decades <= 0.7 {
		return ticks{}.Ticks(lo, hi)
	}
	var out []gonum.Tick
	for k := first; k <= last; k++ {
		for unit := 1.0; unit < 10; unit++ {
			v := unit * math.Pow(10, k)
			if v < lo*(1-1e-9) || v > hi*(1+1e-9) {
				continue
			}
			t := gonum.Tick{Value: v}
			if named(unit, k, decades) {
				t.Label = power(v, k, unit)
			}
			out = append(out, t)
		}
	}
	return out
}

// named reports whether unit·10ᵏ gets a label on an axis of so many decades.
func named(unit, k, decades float64) bool {
	if decades <= 2 {
		return unit == 1 || unit == 2 || unit == 5
	}
	return unit == 1 && math.Mod(k, 1+math.Floor(decades/8)) == 0
}

// power writes unit·10ᵏ, large numbers with the exponent raised. The fonts have
// no raised minus: small numbers get an e.
func power(v, k, unit float64) string {
	switch {
	case k < -4:
		return strconv.FormatFloat(v, 'e', 0, 64)
	case k <= 3:
		return strconv.FormatFloat(v, 'f', max(0, int(-k)), 64)
	case unit == 1:
		return "10" + raised(int(k))
	}
	return strconv.FormatFloat(unit, 'g', 1, 64) + "·10" + raised(int(k))
}

// raised writes a number in superscript.
func raised(k int) string {
	digits := []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")
	var out []rune
	for _, digit := range strconv.Itoa(k) {
		out = append(out, digits[digit-'0'])
	}
	return string(out)
}

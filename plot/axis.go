package plot

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
)

// An Axis says how numbers are laid out along one side of a chart.
type Axis struct {
	Name  string     // with the unit; "" for none
	Log   bool       // a logarithmic scale
	Range [2]float64 // from where to where; both 0: as far as the data
	Zero  bool       // the data's range is widened to reach 0
	Ticks []Tick     // names of places, in place of numbers
}

// A Tick is a place on an axis that has a name.
type Tick struct {
	At   float64
	Name string
}

// check reports what in the axis cannot be drawn.
func (a Axis) check() error {
	lo, hi := a.Range[0], a.Range[1]
	given := a.Range != [2]float64{}
	switch {
	case given && !apart(lo, hi):
		return fmt.Errorf("the range is %v to %v, want numbers that rise, not by less than 1e-9 of their size or by more than 1e300", lo, hi)
	case given && a.Log && lo <= 0:
		return fmt.Errorf("the range of a logarithmic axis is %v to %v, want positive numbers", lo, hi)
	case a.Zero && (given || a.Log):
		return fmt.Errorf("the axis reaches to 0 and has a range or a logarithmic scale")
	}
	for _, t := range a.Ticks {
		if math.IsNaN(t.At) || math.IsInf(t.At, 0) || a.Log && t.At <= 0 {
			return fmt.Errorf("the tick %q is at %v, where the axis is not", t.Name, t.At)
		}
	}
	return nil
}

// scale gives an axis of a plot its scale, before there are data.
func (a Axis) scale(to *gonum.Axis) {
	if a.Log {
		to.Scale, to.Tick.Marker = gonum.LogScale{}, powers{}
	}
	if a.Ticks == nil {
		return
	}
	named := make(gonum.ConstantTicks, len(a.Ticks))
	for i, t := range a.Ticks {
		named[i] = gonum.Tick{Value: t.At, Label: t.Name}
	}
	to.Tick.Marker, to.Tick.Length, to.Padding = named, 0, 0
}

func logarithmic(a gonum.Axis) bool {
	_, log := a.Scale.(gonum.LogScale)
	return log
}

// limit gives an axis of a plot its range, once the data have widened it.
func (a Axis) limit(to *gonum.Axis) error {
	if a.Range != [2]float64{} {
		to.Min, to.Max = a.Range[0], a.Range[1]
		return nil
	}
	lo, hi := to.Min, to.Max
	if a.Zero && lo <= hi {
		lo, hi = min(lo, 0), max(hi, 0)
	}
	to.Min, to.Max = widened(lo, hi, a.Log)
	if to.Max-to.Min > longest {
		return fmt.Errorf("the data reach from %v to %v, too far for an axis", to.Min, to.Max)
	}
	return nil
}

// widened returns a range that ticks can part: that of data without any spread
// reaches to both sides, by 1 at least, or by a factor.
func widened(lo, hi float64, log bool) (from, to float64) {
	switch {
	case lo > hi && log: // no data
		return 1, 10
	case lo > hi:
		return 0, 1
	case apart(lo, hi) || hi-lo > longest:
		return lo, hi
	case log:
		return max(lo/2, math.SmallestNonzeroFloat64), hi * 2
	default:
		spread := max(1, 0.1*max(math.Abs(lo), math.Abs(hi)))
		return lo - spread, hi + spread
	}
}

// longest is the longest axis: parts of it can be reckoned with.
const longest = 1e300

// apart reports whether two numbers rise so far that others lie between them, and
// not too far for an axis.
func apart(lo, hi float64) bool {
	return hi-lo > max(1e-9*math.Abs(lo), 1e-9*math.Abs(hi), 1/longest) && hi-lo <= longest
}

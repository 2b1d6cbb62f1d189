package datasets

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"declive/datasets/internal/words"
)

// Missing says which fields of a table have no value and what to do about them.
//
// What takes the place of a value is learnt from the examples that [Table.Learn]
// looks at and is part of the [Schema]. Labels are not filled: an example without
// one is an error, or dropped.
type Missing struct {
	// Words are the fields without a value: empty, NA, N/A, NaN, null and ?, in any
	// case, if nil. Words that are numbers, such as -999, stand for their value.
	Words     []string
	Fill      Fill    // what to do
	Value     float64 // of FillConstant
	Indicator bool    // each feature that is filled is followed by one that is 1 where it was
}

// A Fill is what to do where the value of a feature is missing.
type Fill uint8

const (
	// FillNone makes a missing value an error.
	FillNone Fill = iota
	// DropRow leaves out the example, also one without a label.
	DropRow
	// FillMean takes the mean of the column, and of a column of words the most
	// frequent.
	FillMean
	// FillMedian takes the median of the column, for an even number of values the
	// mean of the two in the middle, and of a column of words the most frequent.
	FillMedian
	// FillMostFrequent takes the most frequent value, of several the least.
	FillMostFrequent
	// FillConstant takes Missing.Value; where a word is missing, all of its features
	// are 0.
	FillConstant
)

// check refuses settings without meaning.
func (m Missing) check() error {
	switch {
	case m.Fill > FillConstant:
		return fmt.Errorf("Missing.Fill is %d, want a constant of the package", m.Fill)
	case m.Value-m.Value != 0:
		return fmt.Errorf("Missing.Value is %v, want a finite number", m.Value)
	case m.Value != 0 && m.Fill != FillConstant:
		return fmt.Errorf("Missing.Value is %v, which only FillConstant takes", m.Value)
	case m.Indicator && m.Fill < FillMean:
		return fmt.Errorf("Missing.Indicator has no meaning where nothing is filled; set Missing.Fill")
	}
	return nil
}

func (m Missing) words() *words.Missing { return words.NewMissing(m.Words) }

// A filling is what takes the place of a missing value of a column.
type filling func(values []float64) float64

// filling returns what Fill does for a column with that role.
func (m Missing) filling(role Role) filling {
	switch {
	case m.Fill == FillConstant && role == RoleWords:
		return func([]float64) float64 { return noWord }
	case m.Fill == FillConstant:
		return func([]float64) float64 { return m.Value }
	case m.Fill == FillMostFrequent || role == RoleWords:
		return mostFrequent
	case m.Fill == FillMedian:
		return median
	}
	return mean
}

// mean takes the differences to the first value, so that large numbers do not
// overflow in their sum.
func mean(values []float64) float64 {
	sum := 0.0
	for _, x := range values {
		sum += (x - values[0]) / float64(len(values))
	}
	return values[0] + sum
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	low, high := sorted[(n-1)/2], sorted[n/2]
	return low + (high-low)/2
}

// mostFrequent returns the least of the values that occur most often.
func mostFrequent(values []float64) float64 {
	times := map[float64]int{}
	for _, x := range values {
		times[x]++
	}
	return slices.MinFunc(slices.Collect(maps.Keys(times)), func(a, b float64) int {
		return cmp.Or(cmp.Compare(times[b], times[a]), cmp.Compare(a, b))
	})
}

// isMissing reports whether a stored value stands for none.
func isMissing(x float64) bool { return math.IsNaN(x) }

package metric

import (
	"fmt"

	"declive/internal/dense"
)

// width returns how many numbers each of n examples has.
func width(what string, numbers []float64, n int) (int, error) {
	switch {
	case n == 0 && len(numbers) == 0:
		return 1, nil
	case n == 0 || len(numbers) == 0 || len(numbers)%n != 0:
		return 0, fmt.Errorf("%d %s are no rows for %d examples", len(numbers), what, n)
	}
	return len(numbers) / n, nil
}

// inRange refuses labels that are no classes.
func inRange(what string, labels []int, classes int) error {
	for i, y := range labels {
		if y < 0 || y >= classes {
			return fmt.Errorf("example %d has %s %d, want 0 to %d", i, what, y, classes-1)
		}
	}
	return nil
}

// rowsOf refuses scores that are not finite rows for the labels, and returns how
// many there are for each example.
func rowsOf(scores []float64, labels []int) (classes int, err error) {
	if classes, err = width("scores", scores, len(labels)); err != nil {
		return 0, err
	}
	if err := finite("score", scores, classes); err != nil {
		return 0, err
	}
	return classes, inRange("label", labels, classes)
}

func finite(what string, x []float64, each int) error {
	for i, v := range x {
		if !dense.Finite(v) {
			return fmt.Errorf("example %d has %s %v, want a finite number", i/each, what, v)
		}
	}
	return nil
}

// distributions refuses rows that are not probabilities of classes, such as scores.
func distributions(probabilities []float64, labels []int) (classes int, err error) {
	if classes, err = rowsOf(probabilities, labels); err != nil {
		return 0, err
	}
	for i := range labels {
		sum := 0.0
		for _, p := range probabilities[i*classes : (i+1)*classes] {
			if p < 0 || p > 1+slack {
				return 0, fmt.Errorf("example %d has probability %v, want one from 0 to 1", i, p)
			}
			sum += p
		}
		// Each may have been rounded in float32.
		if d := sum - 1; d > slack*float64(classes) || d < -slack*float64(classes) {
			return 0, fmt.Errorf("example %d has probabilities with the sum %v, want 1", i, sum)
		}
	}
	return classes, nil
}

// slack is some roundings of a number of float32 near 1, 2⁻²⁴ each: a softmax rounds
// exponentials, their sum and a quotient.
const slack = 1.0 / (1 << 20)

// among reports whether label is among the k largest of a row, the first of equal
// ones counting as larger.
func among(row []float64, label, k int) bool {
	larger := 0
	for i, v := range row {
		if v > row[label] || v == row[label] && i < label {
			larger++
		}
	}
	return larger < k
}

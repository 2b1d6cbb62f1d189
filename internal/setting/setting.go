// Package setting refuses numbers that have no meaning where they are set. The
// name of a number says whose it is: optim: Adam: Epsilon.
package setting

import (
	"fmt"

	"declive/internal/dense"
)

// IsPositive reports whether v is a finite number above zero.
func IsPositive(v float64) bool { return v > 0 && dense.Finite(v) }

// Positive is an error unless v is a finite number above zero.
func Positive(name string, v float64) error {
	if IsPositive(v) {
		return nil
	}
	return fmt.Errorf("%s is %v, want a positive number", name, v)
}

// NotNegative is an error unless v is zero or a finite number above.
func NotNegative(name string, v float64) error {
	if v >= 0 && dense.Finite(v) {
		return nil
	}
	return fmt.Errorf("%s is %v, want a number from 0", name, v)
}

// Fraction is an error unless v is between 0 and 1, both excluded.
func Fraction(name string, v float64) error {
	if v > 0 && v < 1 {
		return nil
	}
	return fmt.Errorf("%s is %v, want a number between 0 and 1", name, v)
}

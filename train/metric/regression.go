package metric

import (
	"errors"
	"fmt"
	"math"
)

// A Regression compares predicted numbers ŷ with targets y.
type Regression struct {
	n        float64
	squares  float64 // Σ (y − ŷ)²
	absolute float64 // Σ |y − ŷ|
	mean     float64 // of y
	spread   float64 // Σ (y − mean)²
}

// Add counts a batch. It is an error if lengths differ or if a number is not finite.
func (m *Regression) Add(predicted, targets []float64) error {
	if m == nil {
		return errors.New("metric: Regression: it is nil")
	}
	if len(predicted) != len(targets) {
		return fmt.Errorf("metric: Regression: %d predictions for %d targets", len(predicted), len(targets))
	}
	if err := finite("prediction", predicted, 1); err != nil {
		return fmt.Errorf("metric: Regression: %w", err)
	}
	if err := finite("target", targets, 1); err != nil {
		return fmt.Errorf("metric: Regression: %w", err)
	}
	for i, y := range targets {
		m.add(y-predicted[i], y)
	}
	return nil
}

// add moves the mean by each target (Welford 1962), so that a large mean costs the
// spread no digits.
func (m *Regression) add(residual, y float64) {
	m.n++
	m.squares += residual * residual
	m.absolute += math.Abs(residual)
	d := y - m.mean
	m.mean += d / m.n
	m.spread += d * (y - m.mean)
}

// RMSE returns √(1/n Σ (y − ŷ)²).
func (m *Regression) RMSE() float64 { return math.Sqrt(m.squares / m.n) }

// MAE returns 1/n Σ |y − ŷ|.
func (m *Regression) MAE() float64 { return m.absolute / m.n }

// R2 returns the coefficient of determination,
//
//	R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²
//
// which is 1 for perfect predictions and 0 for those of the mean. It is NaN if all
// targets are equal.
func (m *Regression) R2() float64 {
	if m.spread == 0 {
		return math.NaN()
	}
	return 1 - m.squares/m.spread
}

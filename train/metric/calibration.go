package metric

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// A Calibration compares how sure a model is with how often it is right. Examples
// are put into bins of equal width by their confidence, the largest of their
// probabilities; bin b has those above b/Bins, up to (b+1)/Bins (Guo, Pleiss, Sun and
// Weinberger, On Calibration of Modern Neural Networks, arXiv 1706.04599).
type Calibration struct {
	Bins int // 0 stands for 15

	bins     []calibrationSums
	examples int
}

type calibrationSums struct {
	examples, right int
	confidence      float64
}

// A CalibrationBin has the examples of similar confidence. A model whose Accuracy is
// the Confidence in every bin is calibrated.
type CalibrationBin struct {
	Examples   int
	Confidence float64 // mean of the largest probabilities; NaN without examples
	Accuracy   float64 // part of the examples that are right; NaN without examples
}

// Add counts a batch with a row of probabilities for each label. Errors are those of
// [LogLoss.Add], and a number of bins that is not from 0 to 2¹⁶ or has changed.
func (m *Calibration) Add(probabilities []float64, labels []int) error {
	if m == nil {
		return errors.New("metric: Calibration: it is nil")
	}
	n := m.Bins
	if n == 0 {
		n = 15
	}
	if n < 0 || n > 1<<16 || m.bins != nil && n != len(m.bins) {
		return fmt.Errorf("metric: Calibration: %d bins, want 1 to %d, the same for all batches", n, 1<<16)
	}
	classes, err := distributions(probabilities, labels)
	if err != nil {
		return fmt.Errorf("metric: Calibration: %w", err)
	}
	if m.bins == nil {
		m.bins = make([]calibrationSums, n)
	}
	for i, y := range labels {
		m.add(probabilities[i*classes:(i+1)*classes], y)
	}
	m.examples += len(labels)
	return nil
}

func (m *Calibration) add(row []float64, label int) {
	k := floats.MaxIdx(row)
	at := int(math.Ceil(row[k]*float64(len(m.bins)))) - 1
	b := &m.bins[min(max(at, 0), len(m.bins)-1)]
	b.examples++
	b.confidence += row[k]
	if k == label {
		b.right++
	}
}

// Curve returns the bins from the least to the most confident, nil before the first
// batch.
func (m *Calibration) Curve() []CalibrationBin {
	var curve []CalibrationBin
	for _, b := range m.bins {
		curve = append(curve, CalibrationBin{b.examples, b.confidence / float64(b.examples), ratio(b.right, b.examples, math.NaN())})
	}
	return curve
}

// Value returns the expected calibration error,
//
//	ECE = Σ_b n_b/n · |accuracy_b − confidence_b|
func (m *Calibration) Value() float64 {
	sum := 0.0
	for _, b := range m.bins {
		sum += math.Abs(float64(b.right) - b.confidence)
	}
	return sum / float64(m.examples)
}

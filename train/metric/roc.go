package metric

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
)

// A ROC keeps the scores of two classes, to tell how well thresholds on the score
// part them: the receiver operating characteristic.
type ROC struct {
	scores    []float64
	positives []bool
}

// Add keeps a batch: one score an example, higher for class 1, whose labels are 0 and
// 1. It is an error if lengths differ, if a score is not finite, or if a label is
// neither.
func (m *ROC) Add(scores []float64, labels []int) error {
	if m == nil {
		return errors.New("metric: ROC: it is nil")
	}
	if len(scores) != len(labels) {
		return fmt.Errorf("metric: ROC: %d scores for %d labels", len(scores), len(labels))
	}
	if err := finite("score", scores, 1); err != nil {
		return fmt.Errorf("metric: ROC: %w", err)
	}
	if err := inRange("label", labels, 2); err != nil {
		return fmt.Errorf("metric: ROC: %w", err)
	}
	m.scores = append(m.scores, scores...)
	for _, y := range labels {
		m.positives = append(m.positives, y == 1)
	}
	return nil
}

// Curve returns, for each threshold, the part of class 0 and of class 1 whose scores
// are at least as high, from 0 and 0 to 1 and 1. They are nil unless both classes have
// examples.
func (m *ROC) Curve() (falsePositives, truePositives []float64) {
	if !slices.Contains(m.positives, true) || !slices.Contains(m.positives, false) {
		return nil, nil
	}
	scores, positives := slices.Clone(m.scores), slices.Clone(m.positives)
	stat.SortWeightedLabeled(scores, positives, nil)
	truePositives, falsePositives, _ = stat.ROC(nil, scores, positives, nil)
	return falsePositives, truePositives
}

// AUC returns the area under the curve: the probability that an example of class 1
// has a higher score than one of class 0, ties counting half. It is NaN unless both
// classes have examples.
func (m *ROC) AUC() float64 {
	x, y := m.Curve()
	if x == nil {
		return math.NaN()
	}
	return integrate.Trapezoidal(x, y)
}

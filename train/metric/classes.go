package metric

import (
	"errors"
	"fmt"
	"math"
)

// A TopK counts the examples whose class is among those with the K highest scores,
// of equal ones the first.
type TopK struct {
	K int // at least 1; 1 is accuracy

	right, examples int
}

// Add counts a batch with a row of scores for each label. It is an error if K is
// below 1, if there is no row for each label, if a score is not finite or if a label
// is no class.
func (m *TopK) Add(scores []float64, labels []int) error {
	switch {
	case m == nil:
		return errors.New("metric: TopK: it is nil")
	case m.K < 1:
		return fmt.Errorf("metric: TopK: K is %d, want at least 1", m.K)
	}
	classes, err := rowsOf(scores, labels)
	if err != nil {
		return fmt.Errorf("metric: TopK: %w", err)
	}
	for i, y := range labels {
		if among(scores[i*classes:(i+1)*classes], y, m.K) {
			m.right++
		}
	}
	m.examples += len(labels)
	return nil
}

// Value returns the part of the examples that were counted.
func (m *TopK) Value() float64 { return ratio(m.right, m.examples, math.NaN()) }

// A LogLoss is the mean of −ln p over the examples, p being the probability of the
// right class: infinite if one is 0.
type LogLoss struct {
	sum      float64
	examples int
}

// Add counts a batch with a row of probabilities for each label. It is an error if
// there is no row for each label, if one is no distribution or if a label is no class.
func (m *LogLoss) Add(probabilities []float64, labels []int) error {
	if m == nil {
		return errors.New("metric: LogLoss: it is nil")
	}
	classes, err := distributions(probabilities, labels)
	if err != nil {
		return fmt.Errorf("metric: LogLoss: %w", err)
	}
	for i, y := range labels {
		m.sum -= math.Log(probabilities[i*classes+y])
	}
	m.examples += len(labels)
	return nil
}

// Value returns the mean.
func (m *LogLoss) Value() float64 { return m.sum / float64(m.examples) }

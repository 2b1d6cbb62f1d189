package predict

import (
	"fmt"
	"math"

	"declive/internal/dense"
)

func appendScores(dst, scores []float64) ([]float64, error) { return append(dst, scores...), nil }

// appendProbabilities appends the softmax of the scores, or both probabilities of a
// single one. The largest score is subtracted first, so that no exponential
// overflows.
func appendProbabilities(dst, scores []float64) ([]float64, error) {
	best, err := largest(scores)
	if err != nil {
		return dst, err
	}
	if len(scores) == 1 {
		return append(dst, logistic(-scores[0]), logistic(scores[0])), nil
	}
	from, sum := len(dst), 0.0
	for _, s := range scores {
		e := math.Exp(s - scores[best])
		dst, sum = append(dst, e), sum+e
	}
	for i := range dst[from:] {
		dst[from+i] /= sum
	}
	return dst, nil
}

func logistic(s float64) float64 { return 1 / (1 + math.Exp(-s)) }

func appendClass(dst []int, scores []float64) ([]int, error) {
	best, err := largest(scores)
	if len(scores) == 1 && scores[0] > 0 {
		best = 1
	}
	return append(dst, best), err
}

// largest returns the place of the largest score, the first of equal ones.
func largest(scores []float64) (int, error) {
	best := 0
	for i, s := range scores {
		if !dense.Finite(s) {
			return 0, fmt.Errorf("score %d is %v", i, s)
		}
		if s > scores[best] {
			best = i
		}
	}
	return best, nil
}

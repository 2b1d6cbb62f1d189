package metric

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gorgonia.org/tensor"

	"declive/internal/dense"
	"declive/optim"
)

// The functions of this file begin metrics of a model's scores, for optim.WithMetric. A
// batch has scores of shape (n, k) with labels, or with k targets each that are one-hot
// or probabilities, of which the highest counts; or it has one score an example, of
// shape (n) or (n, 1), with targets −1 and 1. Those of regressions take any targets.

// MacroF1 begins the mean of F₁ over the classes, [Confusion.Macro].
func MacroF1() optim.Metric {
	return &ofClasses{value: func(c *Confusion) float64 { return c.Macro().F1 }}
}

// MacroRecall begins the mean of recall over the classes: balanced accuracy.
func MacroRecall() optim.Metric {
	return &ofClasses{value: func(c *Confusion) float64 { return c.Macro().Recall }}
}

// AUC begins the area under the curve of [ROC] for two classes. Where each has a score,
// that of class 1 less that of class 0 is what parts them.
func AUC() optim.Metric { return new(ofTwo) }

// Top returns a function that begins a [TopK].
func Top(k int) func() optim.Metric {
	m := TopK{K: k}
	return func() optim.Metric { return &ofRows{m: &TopK{K: m.K}} }
}

// SoftmaxLogLoss begins the [LogLoss] of the probabilities that softmax makes of
// scores, or for one score f an example of 1/(1 + exp(−f)).
func SoftmaxLogLoss() optim.Metric { return &ofRows{m: &LogLoss{}, softmax: true} }

// SoftmaxCalibration begins the expected error of [Calibration] of probabilities as
// those of [SoftmaxLogLoss].
func SoftmaxCalibration() optim.Metric { return &ofRows{m: &Calibration{}, softmax: true} }

// R2 begins the coefficient of determination of a [Regression].
func R2() optim.Metric { return &ofNumbers{value: (*Regression).R2} }

// RMSE begins the root of the mean squared error of a [Regression].
func RMSE() optim.Metric { return &ofNumbers{value: (*Regression).RMSE} }

// MAE begins the mean absolute error of a [Regression].
func MAE() optim.Metric { return &ofNumbers{value: (*Regression).MAE} }

// ofClasses is a metric of predicted classes.
type ofClasses struct {
	c     *Confusion
	value func(*Confusion) float64
}

func (m *ofClasses) Add(scores, truth *tensor.Dense) error {
	rows, labels, k, err := classified(scores, truth)
	if err != nil {
		return err
	}
	if m.c == nil {
		if k > mostClasses {
			return fmt.Errorf("metric: %d classes, want at most %d", k, mostClasses)
		}
		m.c = NewConfusion(k)
	}
	predicted := make([]int, len(labels))
	for i := range labels {
		predicted[i] = floats.MaxIdx(rows[i*k : (i+1)*k])
	}
	return m.c.Add(predicted, labels)
}

func (m *ofClasses) Value() float64 {
	if m.c == nil {
		return math.NaN()
	}
	return m.value(m.c)
}

// ofRows is a metric of a row of scores, or of probabilities, for each label.
type ofRows struct {
	m interface {
		Add(rows []float64, labels []int) error
		Value() float64
	}
	softmax bool
}

func (m *ofRows) Add(scores, truth *tensor.Dense) error {
	rows, labels, k, err := classified(scores, truth)
	if err != nil {
		return err
	}
	for i := 0; m.softmax && i < len(labels); i++ {
		row := rows[i*k : (i+1)*k]
		sum := floats.LogSumExp(row)
		for j := range row {
			row[j] = math.Exp(row[j] - sum)
		}
	}
	return m.m.Add(rows, labels)
}

func (m *ofRows) Value() float64 { return m.m.Value() }

// ofTwo is the area under the curve of two classes.
type ofTwo struct{ roc ROC }

func (m *ofTwo) Add(scores, truth *tensor.Dense) error {
	rows, labels, k, err := classified(scores, truth)
	if err != nil {
		return err
	}
	if k != 2 {
		return fmt.Errorf("metric: AUC: there are %d classes, want 2", k)
	}
	f := make([]float64, len(labels))
	for i := range f {
		f[i] = rows[2*i+1] - rows[2*i]
	}
	return m.roc.Add(f, labels)
}

func (m *ofTwo) Value() float64 { return m.roc.AUC() }

// ofNumbers is a metric of a regression.
type ofNumbers struct {
	r     Regression
	value func(*Regression) float64
}

func (m *ofNumbers) Add(scores, truth *tensor.Dense) error {
	if err := readable(scores, truth); err != nil {
		return err
	}
	if truth.Dtype() == tensor.Int {
		return fmt.Errorf("metric: a regression has numbers as targets, not labels of %d examples", truth.Shape()[0])
	}
	return m.r.Add(dense.Floats(scores), dense.Floats(truth))
}

func (m *ofNumbers) Value() float64 { return m.value(&m.r) }

// readable refuses scores and targets that are no tensors of numbers or labels.
func readable(scores, truth *tensor.Dense) error {
	if scores == nil || truth == nil {
		return errors.New("metric: the scores or the targets are nil")
	}
	reason := dense.Numbers(scores)
	if reason == "" && truth.Dtype() == tensor.Int {
		reason = dense.Labels(truth)
	} else if reason == "" {
		reason = dense.Numbers(truth)
	}
	if reason != "" {
		return fmt.Errorf("metric: the scores or the targets: %s", reason)
	}
	if scores.Dims() == 0 || truth.Dims() == 0 {
		return errors.New("metric: the scores or the targets are a scalar, want an axis of examples")
	}
	return nil
}

// classified returns a row of scores and a label for each example, and the number of
// classes. One score f becomes the row (0, f).
func classified(scores, truth *tensor.Dense) (rows []float64, labels []int, classes int, err error) {
	if err := readable(scores, truth); err != nil {
		return nil, nil, 0, err
	}
	rows = dense.Floats(scores)
	if err := finite("score", rows, max(1, len(rows)/max(1, truth.Shape()[0]))); err != nil {
		return nil, nil, 0, fmt.Errorf("metric: %w", err)
	}
	if truth.Dtype() == tensor.Int {
		labels = truth.Ints()
		if classes, err = width("scores", rows, len(labels)); err != nil {
			return nil, nil, 0, fmt.Errorf("metric: %w", err)
		}
		return rows, labels, classes, nil
	}
	targets := dense.Floats(truth)
	if len(targets) != len(rows) || truth.Shape()[0] != scores.Shape()[0] {
		return nil, nil, 0, fmt.Errorf("metric: scores of shape %v do not go with targets of shape %v", scores.Shape(), truth.Shape())
	}
	n := scores.Shape()[0]
	if n == 0 || len(rows) == n {
		rows, labels, err = signed(rows, targets)
		return rows, labels, 2, err
	}
	classes = len(rows) / n
	for i := range n {
		labels = append(labels, floats.MaxIdx(targets[i*classes:(i+1)*classes]))
	}
	return rows, labels, classes, nil
}

// signed returns rows (0, f) and labels for targets −1 and 1.
func signed(scores, targets []float64) (rows []float64, labels []int, err error) {
	for i, y := range targets {
		if y != 1 && y != -1 {
			return nil, nil, fmt.Errorf("metric: example %d has the target %v, want −1 or 1", i, y)
		}
		rows, labels = append(rows, 0, scores[i]), append(labels, int(y+1)/2)
	}
	return rows, labels, nil
}

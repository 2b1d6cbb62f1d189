package metric_test

import (
	"testing"

	"gorgonia.org/tensor"

	"declive/internal/dense"
	"declive/internal/exported"
	"declive/optim"
	"declive/train/metric"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	var confusion *metric.Confusion
	var top *metric.TopK
	var loss *metric.LogLoss
	var calibration *metric.Calibration
	var roc *metric.ROC
	var regression *metric.Regression
	one, labels := []float64{1}, []int{0, 1}
	calls := []exported.Call{
		{Of: "NewConfusion", With: "no classes", Do: exported.Panics(func() { metric.NewConfusion(0) })},
		{Of: "NewConfusion", With: "too many", Do: exported.Panics(func() { metric.NewConfusion(1 << 30) })},
		{Of: "Confusion.Add", With: "nil", Do: func() error { return confusion.Add(labels, labels) }},
		{Of: "Confusion.Add", With: "not made", Do: func() error { return new(metric.Confusion).Add(labels, labels) }},
		{Of: "Confusion.Add", With: "lengths", Do: func() error { return metric.NewConfusion(2).Add(labels, nil) }},
		{Of: "Confusion.Class", With: "no such class", Do: exported.Panics(func() { metric.NewConfusion(2).Class(-1); confusion.Class(0) }), Accepted: true},
		{Of: "TopK.Add", With: "nil", Do: func() error { return top.Add(one, labels) }},
		{Of: "TopK.Add", With: "no K", Do: func() error { return new(metric.TopK).Add(one, labels[:1]) }},
		{Of: "LogLoss.Add", With: "nil", Do: func() error { return loss.Add(one, labels) }},
		{Of: "LogLoss.Add", With: "half a row", Do: func() error { return new(metric.LogLoss).Add(one, labels) }},
		{Of: "Calibration.Add", With: "nil", Do: func() error { return calibration.Add(one, labels) }},
		{Of: "Calibration.Add", With: "half a row", Do: func() error { return new(metric.Calibration).Add(one, labels) }},
		{Of: "ROC.Add", With: "nil", Do: func() error { return roc.Add(one, labels) }},
		{Of: "ROC.Add", With: "lengths", Do: func() error { return new(metric.ROC).Add(one, labels) }},
		{Of: "Regression.Add", With: "nil", Do: func() error { return regression.Add(one, one) }},
		{Of: "Regression.Add", With: "lengths", Do: func() error { return new(metric.Regression).Add(one, nil) }},
	}
	for of, begin := range map[string]func() optim.Metric{
		"MacroF1": metric.MacroF1, "MacroRecall": metric.MacroRecall, "AUC": metric.AUC, "Top": metric.Top(1),
		"SoftmaxLogLoss": metric.SoftmaxLogLoss, "SoftmaxCalibration": metric.SoftmaxCalibration,
		"R2": metric.R2, "RMSE": metric.RMSE, "MAE": metric.MAE,
	} {
		for with, in := range map[string][2]*tensor.Dense{
			"nil scores":       {nil, dense.Wrap([]int{1}, []float64{1})},
			"nil targets":      {dense.Wrap([]int{1}, []float64{1}), nil},
			"a scalar":         {dense.Wrap(nil, []float64{1}), dense.Wrap(nil, []float64{1})},
			"other lengths":    {dense.Wrap([]int{2}, []float64{1, 2}), dense.Wrap([]int{3}, []float64{1, 1, 1})},
			"labels as scores": {dense.Wrap([]int{1}, []int{1}), dense.Wrap([]int{1}, []float64{1})},
			"no scores":        {dense.Wrap([]int{1, 0}, []float64{}), dense.Wrap([]int{1}, []int{0})},
		} {
			calls = append(calls, exported.Call{Of: of, With: with, Do: func() error { return begin().Add(in[0], in[1]) }})
		}
	}
	exported.Check(t, ".", calls)
}

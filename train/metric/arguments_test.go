package metric_test

import (
	"testing"

	"declive/internal/exported"
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
	exported.Check(t, ".", []exported.Call{
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
	})
}

package classify

import (
	"fmt"
	"math"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/plot"
	"declive/predict"
	"declive/train/metric"
)

// A Scale is the unit in which a model sees targets: t = (y − Mean)/Deviation.
type Scale struct{ Mean, Deviation float64 }

// scaleOf returns the scale in which the targets have mean 0 and variance 1, or
// variance 0 if they are all the same.
func scaleOf(targets []float64) Scale {
	s := Scale{Deviation: 1}
	for _, y := range targets {
		s.Mean += y / float64(len(targets))
	}
	variance := 0.0
	for _, y := range targets {
		variance += (y - s.Mean) * (y - s.Mean) / float64(len(targets))
	}
	if variance > 0 {
		s.Deviation = math.Sqrt(variance)
	}
	return s
}

// apply returns d with its targets in the scale.
func (s Scale) apply(d *datasets.Dataset) (*datasets.Dataset, error) {
	targets := d.Targets()
	for i, y := range targets {
		targets[i] = (y - s.Mean) / s.Deviation
	}
	return d.WithTargets(targets)
}

// huber is Huber's loss with the targets' standard deviation as its threshold.
func huber(f, y *autodiff.Node) *autodiff.Node { return losses.Huber(1, f, y) }

// regression are the losses of predictions.
var regression = map[string]autodiff.LossFunc{"squared": losses.Squared, "huber": huber}

// Fit says how near predictions are to their targets, in the targets' unit.
type Fit struct {
	R2   float64 `json:"r2"`   // 1 − Σ(y − f)²/Σ(y − ȳ)²
	RMSE float64 `json:"rmse"` // √(1/N Σ(y − f)²)
	MAE  float64 `json:"mae"`  // 1/N Σ|y − f|
}

// fitOf compares predictions f with targets y. R² is 0 where all targets are the
// same.
func fitOf(f, y []float64) (Fit, error) {
	var m metric.Regression
	err := m.Add(f, y)
	fit := Fit{R2: m.R2(), RMSE: m.RMSE(), MAE: m.MAE()}
	if math.IsNaN(fit.R2) {
		fit.R2 = 0
	}
	return fit, err
}

// whole returns the model with what predictions from raw examples need.
func (j *Job) whole() predict.Model {
	m := predict.Model{
		Layer: j.Model, Shape: []int{j.Train.Features()}, Transform: j.Transform, Classes: j.Classes, Features: j.Features, Schema: j.Schema,
		Regression: j.Classes == nil,
	}
	if m.Regression {
		m.Targets = datasets.Transform{Shift: []float64{j.Scale.Mean}, Scale: []float64{1 / j.Scale.Deviation}}
	}
	return m
}

// predictions returns what the model predicts for a data set, in the targets' unit.
func (j *Job) predictions(d *datasets.Dataset) ([]float64, error) {
	m := j.whole()
	m.Transform = datasets.Transform{} // the parts have it already
	p, err := predict.New(m)
	if err != nil {
		return nil, err
	}
	return p.ScoresOf(d)
}

// targets returns those of a data set in their unit.
func (s Scale) targets(d *datasets.Dataset) []float64 {
	y := d.Targets()
	for i, t := range y {
		y[i] = t*s.Deviation + s.Mean
	}
	return y
}

// fits compares the predictions for both parts with their targets.
func (j *Job) fits() (*Fits, error) {
	f, err := j.predictions(j.Train)
	if err != nil {
		return nil, err
	}
	all := new(Fits)
	if all.Train, err = fitOf(f, j.Scale.targets(j.Train)); err != nil {
		return nil, err
	}
	if f, err = j.predictions(j.Test); err != nil {
		return nil, err
	}
	all.Test, err = fitOf(f, j.Scale.targets(j.Test))
	return all, err
}

// Fits are those of both parts.
type Fits struct {
	Train Fit `json:"train"`
	Test  Fit `json:"test"`
}

// words says for people how near the predictions are.
func (f *Fits) words() (train, test string) {
	if f == nil {
		return "", ""
	}
	say := func(f Fit) string { return fmt.Sprintf("R² %.4f, RMSE %.4g, MAE %.4g", f.R2, f.RMSE, f.MAE) }
	return say(f.Train), say(f.Test)
}

// predicted returns a chart of predictions over targets of the test part.
func (j *Job) predicted() (plot.Picture, error) {
	f, err := j.predictions(j.Test)
	if err != nil {
		return nil, err
	}
	y := j.Scale.targets(j.Test)
	lo, hi := math.Inf(1), math.Inf(-1)
	for i := range y {
		lo, hi = min(lo, y[i], f[i]), max(hi, y[i], f[i])
	}
	return plot.Chart{
		Title: "predictions for the test part",
		X:     plot.Axis{Name: "true"}, Y: plot.Axis{Name: "predicted"},
		Series: []plot.Series{
			{Name: "examples", X: y, Y: f, Mark: plot.Dots},
			{Name: "right", X: []float64{lo, hi}, Y: []float64{lo, hi}},
		},
		Width: 13, Height: 10,
	}, nil
}

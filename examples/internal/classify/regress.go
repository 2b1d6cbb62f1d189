package classify

import (
	"errors"
	"fmt"
	"math"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/sparse"
	"declive/datasets/stream"
	"declive/losses"
	"declive/nn"
	"declive/plot"
	"declive/predict"
	"declive/train/metric"
)

// A Scale is the unit in which a model sees targets: t = (y − Mean)/Deviation.
type Scale struct{ Mean, Deviation float64 }

// scaleOf returns the scale in which the targets of a part have mean 0 and variance 1,
// or variance 0 if they are all the same.
func scaleOf(p Part) Scale {
	switch p := p.(type) {
	case *datasets.Dataset:
		return scaleOfTargets(p.Targets())
	case *sparse.Examples:
		return scaleOfTargets(p.Targets())
	case *stream.Table:
		unit := p.StandardiseTargets()
		return Scale{unit.Shift[0], 1 / unit.Scale[0]}
	}
	return Scale{Deviation: 1}
}

func scaleOfTargets(targets []float64) Scale {
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

// apply returns targets in the scale, in their own memory.
func (s Scale) apply(targets []float64) []float64 {
	for i, y := range targets {
		targets[i] = (y - s.Mean) / s.Deviation
	}
	return targets
}

// undo returns numbers of the scale in the targets' unit, in their own memory.
func (s Scale) undo(numbers []float64) []float64 {
	for i, t := range numbers {
		numbers[i] = t*s.Deviation + s.Mean
	}
	return numbers
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

// fitOf returns what a comparison of predictions with targets comes to. R² is 0 where
// all targets are the same.
func fitOf(m *metric.Regression) Fit {
	fit := Fit{R2: m.R2(), RMSE: m.RMSE(), MAE: m.MAE()}
	if math.IsNaN(fit.R2) {
		fit.R2 = 0
	}
	return fit
}

// complete returns the model with what predictions from raw examples need.
func (j *Job) complete() predict.Model {
	m := predict.Model{
		Layer: j.Model, Shape: []int{j.Train.Features()}, Transform: j.Transform, Classes: j.Classes, Features: j.Features, Schema: j.Schema,
		Regression: j.Classes == nil,
	}
	if len(j.Shape) == 3 { // pictures: predict makes others as large
		m.Layer, m.Shape = nn.Sequential{nn.Flatten{}, j.Model}, j.Shape
	}
	if m.Regression {
		m.Targets = datasets.Transform{Shift: []float64{j.Scale.Mean}, Scale: []float64{1 / j.Scale.Deviation}}
	}
	return m
}

// fits compares the predictions for both parts with their targets.
func (j *Job) fits() (*Fits, error) {
	all := new(Fits)
	for _, c := range []struct {
		part Part
		to   *Fit
	}{{j.Train, &all.Train}, {j.Test, &all.Test}} {
		var m metric.Regression
		if err := j.predictions(c.part, m.Add); err != nil {
			return nil, err
		}
		*c.to = fitOf(&m)
	}
	return all, nil
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

// shownPredictions is how many examples have room in a picture.
const shownPredictions = 20_000

// errEnough ends predictions that nobody needs.
var errEnough = errors.New("enough")

// predicted returns a chart of predictions over targets of the test part.
func (j *Job) predicted() (plot.Picture, error) {
	var f, y []float64
	err := j.predictions(j.Test, func(some, targets []float64) error {
		f, y = append(f, some...), append(y, targets...)
		if len(f) >= shownPredictions {
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
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

package runlog

import (
	"encoding/json"
	"errors"

	"declive/internal/dense"
	"declive/optim"
)

// A field is a number with its name. What is no finite number is left empty.
type field struct {
	name  string
	value float64
	whole bool // an integer
}

// fields of a record, in the order of a table's columns.
var columns = []string{"step", "epoch", "examples", "loss", "gradient_norm", "learning_rate", "validation_loss", "validation_accuracy", "seconds"} // and metrics

func stepFields(r optim.StepReport) []field {
	return []field{
		{"step", float64(r.Step), true}, {"epoch", float64(r.Epoch), true}, {"examples", float64(r.Examples), true},
		{"loss", r.Loss, false}, {"gradient_norm", r.GradientNorm, false}, {"learning_rate", r.LearningRate, false},
	}
}

func epochFields(e optim.Epoch) []field {
	fields := []field{
		{"step", float64(e.Steps), true}, {"epoch", float64(e.Number), true}, {"examples", float64(e.Examples), true}, {"loss", e.Loss, false},
	}
	if e.Validation.Examples > 0 {
		fields = append(fields, field{"validation_loss", e.Validation.Loss, false}, field{"validation_accuracy", e.Validation.Accuracy, false})
	}
	return append(fields, field{"seconds", e.Elapsed.Seconds(), false})
}

// metricsOf returns the metrics of an epoch as a JSON object, or "" if there are none.
func metricsOf(e optim.Epoch) (string, error) {
	if len(e.Validation.Metrics) == 0 {
		return "", nil
	}
	values := map[string]any{}
	for name, v := range e.Validation.Metrics {
		if values[name] = v; !dense.Finite(v) {
			values[name] = nil
		}
	}
	object, err := json.Marshal(values)
	return string(object), err
}

// All returns a log that tells each of the logs, in turn. It passes over those that
// are nil.
func All(logs ...optim.Log) optim.Log { return all(logs) }

type all []optim.Log

func (a all) LogStep(r optim.StepReport) error {
	return a.each(func(l optim.Log) error { return l.LogStep(r) })
}

func (a all) LogEpoch(e optim.Epoch) error {
	return a.each(func(l optim.Log) error { return l.LogEpoch(e) })
}

func (a all) each(tell func(optim.Log) error) error {
	var errs []error
	for _, l := range a {
		if l != nil {
			errs = append(errs, tell(l))
		}
	}
	return errors.Join(errs...)
}

package predict_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"declive/internal/exported"
	"declive/nn"
	"declive/predict"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	p := predictor(t, predict.Model{Layer: nn.Flatten{}, Shape: []int{2}})
	var unmade *predict.Predictor
	var calls []exported.Call
	add := func(of, with string, do func() error) {
		calls = append(calls, exported.Call{Of: of, With: with, Do: do})
	}
	add("New", "an empty model", func() error { _, err := predict.New(predict.Model{}); return err })
	add("New", "a nil layer of a type", func() error {
		_, err := predict.New(predict.Model{Layer: (*nn.Linear)(nil), Shape: []int{2}})
		return err
	})
	add("Save", "no path", func() error { return predict.Save("", whole()) })
	add("Save", "an empty model", func() error { return predict.Save(filepath.Join(t.TempDir(), "m"), predict.Model{}) })
	add("Load", "no path", func() error { _, err := predict.Load(""); return err })
	add("Write", "nil writer", func() error { return predict.Write(nil, whole()) })
	add("Write", "an empty model", func() error { return predict.Write(&bytes.Buffer{}, predict.Model{}) })
	add("Read", "nil reader", func() error { _, err := predict.Read(nil); return err })
	add("Read", "nothing", func() error { _, err := predict.Read(&bytes.Buffer{}); return err })
	for with, p := range map[string]*predict.Predictor{"a nil predictor": unmade, "an empty predictor": {}, "half an example": p} {
		add("Predictor.Scores", with, func() error { _, err := p.Scores(nil, []float64{1}); return err })
		add("Predictor.Probabilities", with, func() error { _, err := p.Probabilities(nil, []float64{1}); return err })
		add("Predictor.Classes", with, func() error { _, err := p.Classes(nil, []float64{1}); return err })
		add("Predictor.ScoresOf", with+", a nil data set", func() error { _, err := p.ScoresOf(nil); return err })
		add("Predictor.ProbabilitiesOf", with+", a nil data set", func() error { _, err := p.ProbabilitiesOf(nil); return err })
		add("Predictor.ClassesOf", with+", a nil data set", func() error { _, err := p.ClassesOf(nil); return err })
	}
	calls = append(calls, exported.Call{Of: "Predictor.ClassName", With: "no such class", Accepted: true,
		Do: exported.Panics(func() { p.ClassName(-1); unmade.ClassName(3) })})
	exported.Check(t, ".", calls)
}

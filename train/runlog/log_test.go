package runlog_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/exported"
	"declive/optim"
	"declive/train/runlog"
)

var (
	step  = optim.StepReport{Step: 3, Epoch: 2, Examples: 64, Loss: 1.0 / 3, GradientNorm: math.NaN(), LearningRate: 1e-21}
	epoch = optim.Epoch{Number: 2, Steps: 4, Examples: 128, Loss: 0.5, Elapsed: 1500 * time.Millisecond,
		Validation: optim.Evaluation{Examples: 9, Loss: 0.25, Accuracy: 0.75, Metrics: map[string]float64{"F1": 0.5, `"a", b`: math.NaN()}}}
	plain = optim.Epoch{Number: 3, Steps: 5, Examples: 128, Loss: math.Inf(1), Elapsed: 2 * time.Second}
)

// tell tells a log of a step and two epochs.
func tell(t *testing.T, l optim.Log) {
	require.NoError(t, l.LogStep(step))
	require.NoError(t, l.LogEpoch(epoch))
	require.NoError(t, l.LogEpoch(plain))
}

func TestJSONL(t *testing.T) {
	var out bytes.Buffer
	tell(t, runlog.NewJSONL(&out))
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, 3)
	var got map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &got))
	assert.Equal(t, map[string]any{"event": "step", "step": 3.0, "epoch": 2.0, "examples": 64.0, "loss": 1.0 / 3, "gradient_norm": nil, "learning_rate": 1e-21}, got)
	got = nil
	require.NoError(t, json.Unmarshal([]byte(lines[1]), &got))
	assert.Equal(t, map[string]any{"event": "epoch", "step": 4.0, "epoch": 2.0, "examples": 128.0, "loss": 0.5,
		"validation_loss": 0.25, "validation_accuracy": 0.75, "seconds": 1.5, "validation_metrics": map[string]any{"F1": 0.5, `"a", b`: nil}}, got)
	assert.Equal(t, `{"event":"epoch","step":5,"epoch":3,"examples":128,"loss":null,"seconds":2}`, lines[2])
}

func TestCSV(t *testing.T) {
	var out bytes.Buffer
	tell(t, runlog.NewCSV(&out))
	rows, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, [][]string{
		{"event", "step", "epoch", "examples", "loss", "gradient_norm", "learning_rate", "validation_loss", "validation_accuracy", "seconds", "validation_metrics"},
		{"step", "3", "2", "64", "0.3333333333333333", "", "1e-21", "", "", "", ""},
		{"epoch", "4", "2", "128", "0.5", "", "", "0.25", "0.75", "1.5", `{"\"a\", b":null,"F1":0.5}`},
		{"epoch", "5", "3", "128", "", "", "", "", "", "2", ""},
	}, rows)
}

func TestEvents(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "run")
	e, err := runlog.NewEvents(dir)
	require.NoError(t, err)
	tell(t, e)
	require.NoError(t, e.Histogram(6, "w", []float64{-1, 0, 0, 2}))
	picture := image.NewRGBA(image.Rect(0, 0, 3, 2))
	picture.Set(1, 1, color.RGBA{R: 255, A: 255})
	require.NoError(t, e.Image(7, "digit", picture))
	require.NoError(t, e.Close())

	names, err := filepath.Glob(filepath.Join(dir, "events.out.tfevents.*"))
	require.NoError(t, err)
	require.Len(t, names, 1)
	events := readEvents(t, names[0])
	require.Len(t, events, 6)
	assert.Equal(t, "brain.Event:2", events[0].version)
	for _, ev := range events {
		assert.InDelta(t, float64(time.Now().Unix()), ev.time, 600)
	}
	assert.Equal(t, 3, events[1].step)
	assert.Equal(t, map[string]float32{"train/loss": float32(1.0 / 3), "train/learning_rate": 1e-21}, events[1].scalars, "NaN is left out")
	assert.Equal(t, 4, events[2].step)
	assert.Equal(t, map[string]float32{"train/epoch_loss": 0.5, "validation/loss": 0.25, "validation/accuracy": 0.75, "validation/F1": 0.5}, events[2].scalars)
	assert.Equal(t, map[string]float32{"train/epoch_loss": float32(math.Inf(1))}, events[3].scalars)

	h := events[4].content["w"][5]
	fields := parse(t, h)
	for field, want := range map[int]float64{1: -1, 2: 2, 3: 4, 4: 1, 5: 5} { // least, most, number, sum, sum of squares
		assert.Equal(t, want, float(fields[field][0]), "field %d", field)
	}
	limits, counts := doubles(fields[6][0]), doubles(fields[7][0])
	require.Len(t, limits, 30)
	require.Len(t, counts, 30)
	assert.Equal(t, 2.0, limits[29])
	for i, c := range counts { // intervals of length 0.1: −1 is in the first, 0 ends the tenth
		assert.Equal(t, map[int]float64{0: 1, 9: 2, 29: 1}[i], c, "interval %d", i)
	}

	fields = parse(t, events[5].content["digit"][4])
	assert.Equal(t, []uint64{2, 3, 4}, []uint64{uvarint(fields[1][0]), uvarint(fields[2][0]), uvarint(fields[3][0])})
	decoded, err := png.Decode(bytes.NewReader(fields[4][0]))
	require.NoError(t, err)
	assert.Equal(t, color.RGBA{R: 255, A: 255}, color.RGBAModel.Convert(decoded.At(1, 1)))
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestAll(t *testing.T) {
	var a, b bytes.Buffer
	tell(t, runlog.All(runlog.NewJSONL(&a), nil, runlog.NewCSV(&b)))
	assert.Equal(t, 3, strings.Count(a.String(), "\n"))
	assert.Equal(t, 4, strings.Count(b.String(), "\n"))
	l := runlog.All(runlog.NewJSONL(broken{}), runlog.NewCSV(broken{}))
	assert.EqualError(t, l.LogStep(step), "runlog: the disk is full\nrunlog: the disk is full")
	assert.EqualError(t, l.LogEpoch(epoch), "runlog: the disk is full\nrunlog: the disk is full")
}

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	e, err := runlog.NewEvents(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	of := func(dir string) func() error { return func() error { _, err := runlog.NewEvents(dir); return err } }
	pixel := image.NewGray(image.Rect(0, 0, 1, 1))
	calls := []exported.Call{
		{Of: "NewEvents", With: "no path", Do: of("")},
		{Of: "NewEvents", With: "a file", Do: of(file)},
		{Of: "All", With: "nil", Do: func() error { return runlog.All(nil, nil).LogStep(step) }, Accepted: true},
		{Of: "NewJSONL", With: "nil", Do: func() error { return runlog.NewJSONL(nil).LogStep(step) }},
		{Of: "NewCSV", With: "nil", Do: func() error { return runlog.NewCSV(nil).LogStep(step) }},
		{Of: "Events.LogStep", With: "a negative step", Do: func() error { return e.LogStep(optim.StepReport{Step: -1}) }},
		{Of: "Events.LogEpoch", With: "a negative step", Do: func() error { return e.LogEpoch(optim.Epoch{Steps: -1}) }},
		{Of: "Events.Scalar", With: "no name", Do: func() error { return e.Scalar(1, "", 1) }},
		{Of: "Events.Scalar", With: "NaN", Do: func() error { return e.Scalar(1, "a", math.NaN()) }, Accepted: true},
		{Of: "Events.Histogram", With: "no name", Do: func() error { return e.Histogram(1, "", []float64{1}) }},
		{Of: "Events.Histogram", With: "no values", Do: func() error { return e.Histogram(1, "a", nil) }},
		{Of: "Events.Histogram", With: "NaN", Do: func() error { return e.Histogram(1, "a", []float64{1, math.NaN()}) }},
		{Of: "Events.Image", With: "no name", Do: func() error { return e.Image(1, "", pixel) }},
		{Of: "Events.Image", With: "nil", Do: func() error { return e.Image(1, "a", nil) }},
		{Of: "Events.Image", With: "an empty picture", Do: func() error { return e.Image(1, "a", image.NewGray(image.Rect(0, 0, 0, 0))) }},
	}
	for name, l := range map[string]*runlog.JSONL{"nil": nil, "an empty log": {}} {
		calls = append(calls,
			exported.Call{Of: "JSONL.LogStep", With: name, Do: func() error { return l.LogStep(step) }},
			exported.Call{Of: "JSONL.LogEpoch", With: name, Do: func() error { return l.LogEpoch(epoch) }})
	}
	for name, l := range map[string]*runlog.CSV{"nil": nil, "an empty log": {}} {
		calls = append(calls,
			exported.Call{Of: "CSV.LogStep", With: name, Do: func() error { return l.LogStep(step) }},
			exported.Call{Of: "CSV.LogEpoch", With: name, Do: func() error { return l.LogEpoch(epoch) }})
	}
	for name, l := range map[string]*runlog.Events{"nil": nil, "empty events": {}} {
		calls = append(calls,
			exported.Call{Of: "Events.LogStep", With: name, Do: func() error { return l.LogStep(step) }},
			exported.Call{Of: "Events.LogEpoch", With: name, Do: func() error { return l.LogEpoch(epoch) }},
			exported.Call{Of: "Events.Scalar", With: name, Do: func() error { return l.Scalar(1, "a", 1) }},
			exported.Call{Of: "Events.Histogram", With: name, Do: func() error { return l.Histogram(1, "a", []float64{1}) }},
			exported.Call{Of: "Events.Image", With: name, Do: func() error { return l.Image(1, "a", pixel) }},
			exported.Call{Of: "Events.Close", With: name, Do: l.Close})
	}
	exported.Check(t, ".", calls)
}

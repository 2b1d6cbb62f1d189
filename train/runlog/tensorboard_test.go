package runlog_test

import (
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/train/runlog"
)

// summary prints the scalars of a run, and the tags of its histograms, as TensorBoard
// has them.
const summary = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
run = EventAccumulator(sys.argv[1])
run.Reload()
tags = run.Tags()
scalars = {tag: [[e.step, e.value] for e in run.Scalars(tag)] for tag in tags["scalars"]}
print(json.dumps({"scalars": scalars, "histograms": tags["histograms"]}))
`

// TensorBoard's own reader, where Python has it, finds what was written.
func TestTensorBoardReads(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil || exec.Command(python, "-c", "import tensorboard").Run() != nil {
		t.Skip("there is no Python with TensorBoard; TestEvents reads the files")
	}
	dir := t.TempDir()
	e, err := runlog.NewEvents(dir)
	require.NoError(t, err)
	require.NoError(t, e.LogStep(step))
	require.NoError(t, e.LogEpoch(epoch))
	require.NoError(t, e.Histogram(6, "w", []float64{-1, 0, 0, 2}))
	require.NoError(t, e.Close())
	out, err := exec.Command(python, "-c", summary, dir).Output()
	require.NoError(t, err)
	var got struct {
		Scalars    map[string][][2]float64
		Histograms []string
	}
	require.NoError(t, json.Unmarshal(out, &got))
	assert.Equal(t, [][2]float64{{3, float64(float32(1.0 / 3))}}, got.Scalars["train/loss"])
	assert.Equal(t, [][2]float64{{4, 0.5}}, got.Scalars["train/epoch_loss"])
	assert.Equal(t, [][2]float64{{4, 0.75}}, got.Scalars["validation/accuracy"])
	assert.Equal(t, []string{"w"}, got.Histograms)
}

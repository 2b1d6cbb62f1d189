package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command/commandtest"
	"declive/internal/mpijob"
)

// The model by hand: two ranks of 128 examples, 6.83 MB in two messages.
func TestModel(t *testing.T) {
	c := calibration{fixed: 1e-3, example: 50e-6, apart: 0.5e-3, bytes: 8e6}
	n := net{"n", 10e-6, 4e9}
	assert.InDelta(t, 2*(10e-6+1e-3), n.ring(8e6, 2), 1e-12)
	assert.InDelta(t, n.ring(8e6, 2), n.tree(8e6, 2), 1e-12)
	assert.Less(t, n.tree(8e6, 1024), n.ring(8e6, 1024), "latency")
	assert.InDelta(t, 1e-3+256*50e-6, c.step(n, 256, 1), 1e-12)
	assert.InDelta(t, 1.5e-3+128*50e-6+2.02e-3, c.step(n, 256, 2), 1e-12)
	c.hidden = 0.1
	assert.InDelta(t, 1.5e-3+128*50e-6+2.02e-3-0.64e-3, c.step(n, 256, 2), 1e-12)
	b := c.smallestBatch(n, 4, 0.9)
	assert.GreaterOrEqual(t, c.efficiency(n, b, 4), 0.9)
	assert.Less(t, c.efficiency(n, b/2, 4), 0.9)
	c.example = 1e-15 // nothing pays
	assert.Zero(t, c.smallestBatch(n, 4, 0.9))
}

func TestTell(t *testing.T) {
	for range 2 {
		var stdout, stderr bytes.Buffer
		out := t.TempDir()
		require.NoError(t, run(context.Background(), []string{"-out", out, "-network", "ethernet10"}, &stdout, &stderr))
		assert.Contains(t, stdout.String(), "A model, no measurement")
		assert.Regexp(t, `(?m)^ +1024 +[0-9.]+ ms +\d+ %  \d+$`, stdout.String())
		info, err := os.Stat(filepath.Join(out, "scaling.png"))
		require.NoError(t, err)
		assert.Greater(t, info.Size(), int64(5000))
	}
}

func TestMeasure(t *testing.T) {
	for _, name := range caseNames() {
		var stdout, stderr bytes.Buffer
		require.NoError(t, run(context.Background(), []string{"-measure", name, "-batch", "8", "-seconds", "0.01"}, &stdout, &stderr))
		var r result
		require.NoError(t, json.Unmarshal(stdout.Bytes(), &r))
		assert.Equal(t, result{Case: name, Ranks: 1, Cores: r.Cores, Batch: 8, Steps: r.Steps, Least: r.Least, Median: r.Median}, r)
		assert.Positive(t, r.Median)
	}
}

func TestMeasureRanks(t *testing.T) {
	program := mpijob.Build(t, "declive/examples/scaling")
	out, err := mpijob.Command(t.Context(), 2, program, "-measure", "linear", "-batch", "9", "-seconds", "0.1", "-dist", "mpi").Output()
	require.NoError(t, err)
	var r result
	require.NoError(t, json.Unmarshal(out, &r))
	assert.Equal(t, 2, r.Ranks)
}

func TestRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"-measure", "nothing"}, {"-batch", "0"}, {"-seconds", "0"}, {"-example", "0"}, {"-hidden", "2"}, {"-network", "string"},
		{"-measure", "mlp", "-dist", "post"}, {"-apart", "-1"},
	} {
		assert.Error(t, run(context.Background(), args, &bytes.Buffer{}, &bytes.Buffer{}), args)
	}
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run(context.Background(), []string{"-h"}, &help, nil)
	commandtest.Help(t, "scaling", err, help.String())
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/classify"
	"declive/internal/mpijob"
)

// few are the arguments of a short training with batches of 61, which do not divide.
func few(out string) []string {
	return []string{"-json", "-examples", "1200", "-batch", "61", "-epochs", "2", "-out", out}
}

// Jobs of one, two and four processes come to what one process without MPI comes to,
// and only rank 0 speaks.
func TestRanks(t *testing.T) {
	program := mpijob.Build(t, "declive/examples/mlp")
	var stdout, stderr bytes.Buffer
	require.NoError(t, run(context.Background(), few(t.TempDir()), &stdout, &stderr))
	want := summary(t, stdout.Bytes())
	for _, ranks := range []int{1, 2, 4} {
		cmd := mpijob.Command(t.Context(), ranks, program, append(few(t.TempDir()), "-dist", "mpi")...)
		out, err := cmd.Output()
		require.NoError(t, err, "%d ranks", ranks)
		got := summary(t, out)
		assert.InDelta(t, want.TrainLoss, got.TrainLoss, 1e-4, "%d ranks", ranks)
		assert.InDelta(t, want.TestLoss, got.TestLoss, 1e-4, "%d ranks", ranks)
		assert.InDelta(t, want.TestAccuracy, got.TestAccuracy, 0.011, "%d ranks", ranks)
		assert.Equal(t, want.Epochs, got.Epochs)
	}
}

// summary reads the one line that -json prints.
func summary(t *testing.T, line []byte) (s classify.Summary) {
	require.Equal(t, 1, bytes.Count(line, []byte("\n")), "%s", line)
	require.NoError(t, json.Unmarshal(line, &s))
	return s
}

// A job that is interrupted saves, and goes on with another number of ranks.
func TestRanksGoOn(t *testing.T) {
	program := mpijob.Build(t, "declive/examples/mlp")
	kept, out := filepath.Join(t.TempDir(), "kept"), t.TempDir()
	args := []string{"-dist", "mpi", "-examples", "3000", "-epochs", "6", "-checkpoint", kept, "-out", out}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := mpijob.Command(ctx, 2, program, args...)
	var log bytes.Buffer
	ready := &waiter{text: "gradient check: ok", found: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = ready, &log
	require.NoError(t, cmd.Start())
	select {
	case <-ready.found:
	case <-ctx.Done():
	}
	time.Sleep(200 * time.Millisecond) // some steps
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	assert.Error(t, cmd.Wait(), "interrupted")
	files, err := filepath.Glob(filepath.Join(kept, "*.safetensors"))
	require.NoError(t, err)
	require.NotEmpty(t, files, "nothing was saved: %s", log.String())
	text, err := mpijob.Run(t, 3, program, args...)
	require.NoError(t, err, text)
	assert.Contains(t, text, "going on from "+kept)
	assert.Regexp(t, `test: +accuracy 9\d`, text)
}

// A waiter is told when a text has been written.
type waiter struct {
	text  string
	found chan struct{}
	seen  bytes.Buffer
}

func (w *waiter) Write(p []byte) (int, error) {
	before := bytes.Contains(w.seen.Bytes(), []byte(w.text))
	w.seen.Write(p)
	if !before && bytes.Contains(w.seen.Bytes(), []byte(w.text)) {
		close(w.found)
	}
	return len(p), nil
}

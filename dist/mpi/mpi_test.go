package mpi_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/mpijob"
)

// Real jobs of one, two and four processes.
func TestJobs(t *testing.T) {
	job := mpijob.Build(t, "declive/dist/mpi/internal/job")
	for _, ranks := range []int{1, 2, 4} {
		out, err := mpijob.Run(t, ranks, job, "check")
		require.NoError(t, err, out)
		assert.Contains(t, out, "ok with "+strconv.Itoa(ranks)+" ranks")
	}
	out, err := mpijob.Run(t, 2, job, "late", "1")
	require.NoError(t, err, "who is late is waited for: %s", out)
}

// A rank that ends, hangs or makes another call ends the job, soon, with a status that
// is not 0 and a message that names it.
func TestLostRanks(t *testing.T) {
	job := mpijob.Build(t, "declive/dist/mpi/internal/job")
	for what, message := range map[string]string{
		"kill":  `rank 1 .*signal 9|,1\]`,
		"exit":  `,1\]`,
		"panic": `nil pointer dereference`,
		"hang":  `rank [02]: dist: call \d+, .*: after [34]\.\d s rank 1 has not come`,
		"other": `rank [02]: dist: call 11, all-reduce of 1000 float32: after [34]\.\d s, rank 1 is at call 11, barrier|` +
			`rank 1: dist: call 11, barrier: after [34]\.\d s, rank 0 is at call 11, all-reduce of 1000 float32`, // whoever is first
	} {
		start := time.Now()
		out, err := mpijob.Run(t, 3, job, what, "1")
		assert.Error(t, err, what)
		assert.Regexp(t, message, out, what)
		t.Logf("%s: %.1f s", what, time.Since(start).Seconds())
	}
}

// Ctrl-C on the launcher ends all processes.
func TestInterrupt(t *testing.T) {
	job := mpijob.Build(t, "declive/dist/mpi/internal/job")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	pids := filepath.Join(t.TempDir(), "pids")
	cmd := mpijob.Command(ctx, 2, job, "forever", pids)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return len(lines(pids)) == 2 }, 30*time.Second, 20*time.Millisecond, "the ranks have not begun")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	assert.Error(t, cmd.Wait())
	for _, pid := range lines(pids) {
		assert.Eventually(t, func() bool { return exec.Command("kill", "-0", pid).Run() != nil }, 10*time.Second, 20*time.Millisecond, "a rank is left")
	}
}

// lines returns the words of a file, none if it is not there.
func lines(path string) []string {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var words []string
	for _, w := range bytes.Fields(data) {
		words = append(words, string(w))
	}
	return words
}

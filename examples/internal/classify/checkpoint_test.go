package classify

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A job with the folder of one before goes on, or ends with what that had come to.
func TestCheckpoint(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	args := []string{"-checkpoint", dir, "-batch", "7", "-epochs", "3"}
	first, out, _ := newJob(t, args...)
	require.NoError(t, first.Run(t.Context()))
	assert.NotContains(t, out.String(), "going on")

	same, out, _ := newJob(t, args...)
	require.NoError(t, same.Run(t.Context()))
	assert.Contains(t, out.String(), "going on from "+dir)
	assert.Contains(t, out.String(), ", 3 epochs\n")
	for i, p := range first.Model.Params() {
		assert.Equal(t, p.Value().Float32s(), same.Model.Params()[i].Value().Float32s(), "it was done")
	}

	longer, out, _ := newJob(t, append(args, "-epochs", "5")...)
	require.NoError(t, longer.Run(t.Context()))
	assert.Contains(t, out.String(), " for 5 epochs")
	assert.NotEqual(t, first.Model.Params()[0].Value().Float32s(), longer.Model.Params()[0].Value().Float32s())

	other, _, _ := newJob(t, "-checkpoint", dir, "-examples", "60", "-epochs", "1")
	assert.ErrorContains(t, other.Run(t.Context()), "optim: Restore: parameters/scores/W has the shape ")
}

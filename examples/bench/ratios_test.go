package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Two rounds of one case: the fastest of each side counts, lines without a time
// and checks of less than the whole gradient do not.
func TestRatios(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lines")
	require.NoError(t, os.WriteFile(name, []byte(`
{"peer":"torch","variant":"eager","threads":1,"case":"svm-step","dtype":"f32","median_s":0.004}
{"peer":"numpy","variant":"hand","threads":1,"case":"svm-step","dtype":"f32","median_s":0.003}
{"peer":"declive","variant":"program","threads":1,"case":"svm-step","dtype":"f32","median_s":0.001}
{"peer":"torch","variant":"eager","threads":1,"case":"svm-step","dtype":"f32","median_s":0.006}
{"peer":"numpy","variant":"hand","threads":1,"case":"svm-step","dtype":"f32","median_s":0.008}
{"peer":"declive","variant":"program","threads":1,"case":"svm-step","dtype":"f32","median_s":0.004}
{"peer":"numpy","variant":"hand","threads":2,"case":"svm-step","dtype":"f32","median_s":0.001}
{"peer":"declive","variant":"program","threads":2,"case":"svm-step","dtype":"f32","loss_first":1}
{"peer":"torch","variant":"gradcheck-fast_mode","threads":1,"case":"svm-step","dtype":"f32","median_s":1e-9,"result":true}
`), 0o600))
	var out bytes.Buffer
	require.NoError(t, run([]string{"-ratios", name}, &out))
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, rows, 3)
	assert.Equal(t, "| svm-step | f32 | 1 | 1 ms | numpy hand | 3 ms | 3.00 (1.50–3.00) |", rows[2])
}

func TestRatiosOfNoFile(t *testing.T) {
	assert.ErrorIs(t, run([]string{"-ratios", filepath.Join(t.TempDir(), "none")}, &bytes.Buffer{}), os.ErrNotExist)
}

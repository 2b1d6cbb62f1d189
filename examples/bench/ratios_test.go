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
// and checks of less than the whole gradient do not. Sets stay apart.
func TestRatios(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lines")
	require.NoError(t, os.WriteFile(name, []byte(`
{"peer":"torch","isa":"avx512","variant":"eager","threads":1,"case":"svm-step","dtype":"f32","median_s":0.004}
{"peer":"numpy","isa":"avx512","variant":"hand","threads":1,"case":"svm-step","dtype":"f32","median_s":0.003}
{"peer":"declive","isa":"avx512","variant":"program","threads":1,"case":"svm-step","dtype":"f32","median_s":0.001}
{"peer":"torch","isa":"avx512","variant":"eager","threads":1,"case":"svm-step","dtype":"f32","median_s":0.006}
{"peer":"numpy","isa":"avx512","variant":"hand","threads":1,"case":"svm-step","dtype":"f32","median_s":0.008}
{"peer":"declive","isa":"avx512","variant":"program","threads":1,"case":"svm-step","dtype":"f32","median_s":0.004}
{"peer":"numpy","isa":"avx512","variant":"hand","threads":2,"case":"svm-step","dtype":"f32","median_s":0.001}
{"peer":"declive","isa":"avx512","variant":"program","threads":2,"case":"svm-step","dtype":"f32","loss_first":1}
{"peer":"torch","isa":"avx512","variant":"gradcheck-fast_mode","threads":1,"case":"svm-step","dtype":"f32","median_s":1e-9,"result":true}
{"peer":"numpy","isa":"avx2","variant":"hand","threads":1,"case":"svm-step","dtype":"f32","median_s":0.005}
{"peer":"declive","isa":"avx2","variant":"program","threads":1,"case":"svm-step","dtype":"f32","median_s":0.002}
`), 0o600))
	var out bytes.Buffer
	require.NoError(t, run([]string{"-ratios", name}, &out))
	rows := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, rows, 4)
	assert.Equal(t, "| avx512 | svm-step | f32 | 1 | 1 ms | numpy hand | 3 ms | 3.00 (1.50–3.00) |", rows[2])
	assert.Equal(t, "| avx2 | svm-step | f32 | 1 | 2 ms | numpy hand | 5 ms | 2.50 (2.50–2.50) |", rows[3])
}

func TestRatiosOfNoFile(t *testing.T) {
	assert.ErrorIs(t, run([]string{"-ratios", filepath.Join(t.TempDir(), "none")}, &bytes.Buffer{}), os.ErrNotExist)
}

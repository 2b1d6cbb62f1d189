package declive_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A module that requires only this one builds and runs. It would panic at start
// with the version of go4.org/unsafe/assume-no-moving-gc that tensor asks for;
// our go.mod spares it that. Everything comes from the module cache.
func TestDownstreamModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	checkout, err := os.Getwd()
	require.NoError(t, err)
	module := t.TempDir()
	copyFile(t, filepath.Join(module, "main.go"), "testdata/downstream/main.go")
	copyFile(t, filepath.Join(module, "go.sum"), "go.sum")
	goMod := "module downstream\n\ngo 1.26.0\n\nrequire declive v0.0.0\n\nreplace declive => " + checkout + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(module, "go.mod"), []byte(goMod), 0o600))

	run := exec.Command("go", "run", "-mod=mod", ".")
	run.Dir = module
	run.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=", "PWD="+module)
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	assert.Equal(t, "3.000\n", string(out))
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, content, 0o600))
}

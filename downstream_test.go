package declive_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A module that requires only this one builds and runs. It would panic at start
// with the version of go4.org/unsafe/assume-no-moving-gc that tensor asks for;
// our go.mod spares it that. The graph of such a module is larger than that of
// our own build: it takes a few go.mod files that only this test downloads.
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

	t.Setenv("GOWORK", "off")
	assert.Equal(t, "3.000\n", runGo(t, module, "run", "-mod=mod", "."))
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	content, err := os.ReadFile(from)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(to, content, 0o600))
}

package declive_test

import (
	"bytes"
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPrograms calls every program below examples: -h says in one line what it
// does, then shows a call, and succeeds; a flag that there is not ends it with
// status 2 and one line on standard error.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("builds all programs")
	}
	sources, err := filepath.Glob("examples/*/main.go")
	require.NoError(t, err)
	require.NotEmpty(t, sources)
	folder := t.TempDir()
	for _, source := range sources {
		name := filepath.Base(filepath.Dir(source))
		binary := filepath.Join(folder, name+".exe")
		runGo(t, "", "build", "-o", binary, "./"+filepath.ToSlash(filepath.Dir(source)))

		status, stdout, stderr := called(t, binary, "-h")
		assert.Zero(t, status, name)
		lines := strings.SplitN(stdout+stderr, "\n", 3)
		require.Len(t, lines, 3, name)
		assert.Regexp(t, `(?i)^`+name+` [a-z].*\.$`, lines[0])
		assert.Regexp(t, `^Example: go run \./examples/`+name+`( |$)`, lines[1])

		status, stdout, stderr = called(t, binary, "-no-such-flag")
		assert.Equal(t, 2, status, name)
		assert.Empty(t, stdout, name)
		assert.Equal(t, name+": flag provided but not defined: -no-such-flag; -h lists the flags\n", stderr)
	}
}

// called runs a program and returns how it ended and what it wrote.
func called(t *testing.T, binary string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, wrong bytes.Buffer
	p := exec.Command(binary, args...)
	p.Stdout, p.Stderr = &out, &wrong
	err := p.Run()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		require.NoError(t, err)
	}
	return p.ProcessState.ExitCode(), out.String(), wrong.String()
}

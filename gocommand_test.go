package declive_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// runGo runs the go command in a folder and returns what it prints on standard
// output: on standard error it also reports its downloads, which depend on what
// the module cache holds. Where a download is needed and cannot be had, the test
// is skipped.
func runGo(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := exec.Command("go", args...)
	command.Dir, command.Stdout, command.Stderr = dir, &stdout, &stderr
	err := command.Run()
	if err != nil && unreachable(stderr.String()) {
		t.Skipf("needs a download, and the network or GOPROXY does not give it:\n%s", &stderr)
	}
	require.NoError(t, err, "%s%s", &stdout, &stderr)
	return stdout.String()
}

var (
	failedRequest = regexp.MustCompile(`module lookup disabled by GOPROXY=off|Get "https?://|: reading https?://\S+:`)
	unknownModule = regexp.MustCompile(`: (404 Not Found|410 Gone)|missing go.sum entry|SECURITY ERROR`)
)

// unreachable reports whether the go command says that it could not ask for a
// module. That there is none, or another than go.sum says, is no such excuse.
func unreachable(stderr string) bool {
	return failedRequest.MatchString(stderr) && !unknownModule.MatchString(stderr)
}

func TestUnreachable(t *testing.T) {
	for stderr, want := range map[string]bool{
		"main.go:4:2: example.com/a@v1.0.0: module lookup disabled by GOPROXY=off\n":                                                                true,
		"go: example.com/a@v1.0.0: Get \"https://proxy.example.com/example.com/a/@v/v1.0.0.mod\": dial tcp: lookup proxy.example.com: no such host": true,
		"go: example.com/a@v1.0.0: reading https://proxy.example.com/example.com/a/@v/v1.0.0.zip: 503 Service Unavailable":                          true,
		"go: example.com/a@v1.0.0: reading https://proxy.example.com/example.com/a/@v/v1.0.0.zip: 404 Not Found":                                    false,
		"verifying example.com/a@v1.0.0: checksum mismatch\nSECURITY ERROR":                                                                         false,
		"main.go:4:2: no required module provides package example.com/a":                                                                            false,
		"./main.go:3:1: undefined: x":                                       false,
		"go: downloading example.com/a v1.0.0\n./main.go:3:1: undefined: x": false,
		"": false,
	} {
		assert.Equal(t, want, unreachable(stderr), stderr)
	}
}

// writeGo writes a file of Go into a folder of its own and returns its path.
func writeGo(t *testing.T, name, code string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(code), 0o600))
	return path
}

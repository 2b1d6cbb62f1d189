package declive_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every fuzz target that SECURITY.md names is there, and every reader's target is
// named: those of the kernels read nothing.
func TestSecurityNamesFuzzTargets(t *testing.T) {
	text, err := os.ReadFile("SECURITY.md")
	require.NoError(t, err)
	declared := map[string]string{}
	target := regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)
	err = filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range target.FindAllSubmatch(source, -1) {
			declared[string(m[1])] = filepath.ToSlash(filepath.Dir(path))
		}
		return err
	})
	require.NoError(t, err)
	named := regexp.MustCompile("`(Fuzz\\w+)`").FindAllStringSubmatch(string(text), -1)
	require.NotEmpty(t, named)
	for _, m := range named {
		assert.Contains(t, declared, m[1])
	}
	for name, dir := range declared {
		if !strings.HasPrefix(dir, "internal/kernel") {
			assert.Contains(t, string(text), "`"+name+"`", "of %s", dir)
		}
	}
}

// What GitHub reads is YAML, and the workflow calls the script that is there.
func TestGitHubFiles(t *testing.T) {
	err := filepath.WalkDir(".github", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yml" {
			return err
		}
		text, err := os.ReadFile(path)
		assert.YAMLEq(t, string(text), string(text), path)
		return err
	})
	require.NoError(t, err)
	workflow, err := os.ReadFile(".github/workflows/ci.yml")
	require.NoError(t, err)
	assert.Contains(t, string(workflow), "run: .ci/run\n")
	assert.FileExists(t, ".ci/run")
}

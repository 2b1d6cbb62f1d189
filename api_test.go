package declive_test

import (
	"flag"
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/exported"
)

var update = flag.Bool("update", false, "write what the packages export to testdata/api")

// TestAPI compares what every public package exports with a file for each, so
// that no change of it goes unseen:
//
//	go test -run API -update .
//
// accepts a change, which belongs into the CHANGELOG.
func TestAPI(t *testing.T) {
	const folder = "testdata/api"
	var want []string
	for _, dir := range publicPackages(t) {
		path := filepath.Join(folder, strings.ReplaceAll(dir, "/", "_")+".txt")
		want = append(want, path)
		now := listing(t, dir)
		if *update {
			require.NoError(t, os.MkdirAll(folder, 0o755))
			require.NoError(t, os.WriteFile(path, []byte(now), 0o644))
		}
		accepted, err := os.ReadFile(path)
		require.NoError(t, err, "accept the package with go test -run API -update .")
		added, gone := without(now, string(accepted)), without(string(accepted), now)
		assert.Empty(t, slices.Concat(added, gone), "declive/%s exports something else than %s says: %d lines are new, the rest is gone", dir, path, len(added))
	}
	there, err := filepath.Glob(folder + "/*")
	require.NoError(t, err)
	for _, path := range there {
		assert.Contains(t, want, filepath.ToSlash(path), "there is no such package any more; delete the file")
	}
}

// without returns the lines of a that b lacks.
func without(a, b string) []string {
	there := strings.Split(b, "\n")
	return slices.DeleteFunc(strings.Split(a, "\n"), func(line string) bool { return slices.Contains(there, line) })
}

func listing(t *testing.T, dir string) string {
	entries, err := exported.API(dir)
	require.NoError(t, err)
	require.NotEmpty(t, entries, dir)
	var b strings.Builder
	fmt.Fprintf(&b, "package declive/%s\n\n", dir)
	for _, e := range entries {
		b.WriteString(e.Line + "\n")
	}
	return b.String()
}

// publicPackages returns the folders of the packages that users can import. Those
// of examples are there to be read.
func publicPackages(t *testing.T) []string {
	return slices.DeleteFunc(sourceFolders(t), func(dir string) bool {
		p, err := build.ImportDir(dir, 0)
		require.NoError(t, err)
		return p.Name == "main" || within(dir, "examples") || slices.Contains(strings.Split(dir, "/"), "internal")
	})
}

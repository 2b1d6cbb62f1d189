package declive_test

import (
	"encoding/json"
	"go/format"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An addition is a block of CONTRIBUTING.md and its place in a file: the end, or
// after or before the first line that holds a text.
type addition struct{ path, where, text, code string }

var additionBlock = regexp.MustCompile("(?m)^(\\S+\\.go)(?:, (after|before) `(.+)`)?:\n\n```go\n((?s:.*?))```$")

func additions(t *testing.T) []addition {
	t.Helper()
	page, err := os.ReadFile("CONTRIBUTING.md")
	require.NoError(t, err)
	var all []addition
	for _, m := range additionBlock.FindAllStringSubmatch(string(page), -1) {
		all = append(all, addition{m[1], m[2], m[3], m[4]})
	}
	require.Len(t, all, strings.Count(string(page), "```go"), "a block without its place")
	return all
}

// What CONTRIBUTING.md adds, an op, a layer, a loss and a rule, works: it builds,
// and the tests of its rows pass. The go command sees the additions through an
// overlay, so that packages without one are not built again; the tests, which read
// the sources of their package, run in a copy of the tree.
func TestContributing(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the packages that change, with their tests")
	}
	tree, binaries := t.TempDir(), t.TempDir()
	copySources(t, tree)
	overlay, packages := map[string]string{}, map[string]bool{}
	for _, a := range additions(t) {
		a.apply(t, tree)
		overlay[a.path] = filepath.Join(tree, a.path)
		packages["./"+filepath.ToSlash(filepath.Dir(a.path))] = true
	}
	description, err := json.Marshal(map[string]any{"Replace": overlay})
	require.NoError(t, err)
	path := filepath.Join(tree, "overlay.json")
	require.NoError(t, os.WriteFile(path, description, 0o600))
	build := []string{"test", "-c", "-overlay", path, "-ldflags=-s -w", "-o", binaries + "/"}
	runGo(t, "", append(build, slices.Sorted(maps.Keys(packages))...)...)

	out := ""
	for dir := range packages {
		test := exec.Command(filepath.Join(binaries, filepath.Base(dir)+".test"), "-test.v", "-test.run", "^("+strings.Join(rowTests, "|")+")$/("+rows+")")
		test.Dir = filepath.Join(tree, dir)
		text, err := test.CombinedOutput()
		require.NoError(t, err, "%s", text)
		out += string(text)
	}
	for _, name := range rowTests {
		assert.Contains(t, out, "--- PASS: "+name)
	}
	for _, row := range []string{
		"TestOps/Asinh", "TestGradientsOfLayers/PReLU",
		"TestGradientsOfLosses/SquaredHinge", "TestRulesFollowTheirRecurrences/AdaDelta",
	} {
		assert.Contains(t, out, "--- PASS: "+row)
	}
}

// rowTests are the tests that have rows or ask for them, and new examples.
var rowTests = []string{
	"TestOps", "TestEveryOpHasARow", "TestTraits", "TestOpsAreComplete", "TestOpsAreDocumented",
	"TestGradientsOfLayers", "TestEveryLayerIsInGradientModels", "ExamplePReLU",
	"TestBinaryLosses", "TestGradientsOfLosses", "TestEveryLossIsChecked", "ExampleSquaredHinge",
	"TestRulesFollowTheirRecurrences", "TestEveryRuleHasARow", "ExampleAdaDelta",
	"TestArguments",
}

// rows are the names of the rows that are added.
const rows = "Asinh|PReLU|SquaredHinge|AdaDelta"

// copySources copies the module's sources, without what no package is built from.
func copySources(t *testing.T, to string) {
	t.Helper()
	sources := []string{".go", ".s", ".mod", ".sum"}
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || path == ".":
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") || path == "docs" || path == "examples"):
			return fs.SkipDir
		case d.IsDir():
			return os.Mkdir(filepath.Join(to, path), 0o700)
		case slices.Contains(sources, filepath.Ext(path)):
			copyFile(t, filepath.Join(to, path), path)
		}
		return nil
	}))
}

// apply puts the block at its place. A declaration gets an empty line.
func (a addition) apply(t *testing.T, tree string) {
	t.Helper()
	path := filepath.Join(tree, filepath.FromSlash(a.path))
	old, err := os.ReadFile(path)
	if a.where != "" {
		require.NoError(t, err)
	}
	lines := strings.SplitAfter(string(old), "\n")
	at := len(lines)
	if a.where != "" {
		at = slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, a.text) })
		require.GreaterOrEqual(t, at, 0, "%s has no line with %s", a.path, a.text)
	}
	code := a.code
	switch {
	case a.where == "after":
		at++
	case a.where == "before" && strings.HasPrefix(code, "// "):
		code += "\n"
	case a.where == "" && len(old) > 0:
		code = "\n" + code
	}
	formatted, err := format.Source([]byte(strings.Join(slices.Insert(lines, at, code), "")))
	require.NoError(t, err, a.path)
	require.NoError(t, os.WriteFile(path, formatted, 0o600))
}

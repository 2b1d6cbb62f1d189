package declive_test

import (
	"encoding/json"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
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

// What CONTRIBUTING.md adds, two ops, a layer, a loss and a rule, works: it builds,
// and the tests of its rows pass. The go command sees the additions through an
// overlay, so that packages without one are not built again; the tests, which read
// the sources of their package, run in a copy of these.
func TestContributing(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the packages that change, with their tests")
	}
	tree := t.TempDir()
	overlay, folders := map[string]string{}, map[string]bool{}
	for _, a := range additions(t) {
		if dir := filepath.Dir(a.path); !folders[dir] {
			folders[dir] = true
			copySources(t, filepath.Join(tree, dir), dir)
		}
		a.apply(t, tree)
		overlay[a.path] = filepath.Join(tree, a.path)
	}
	out := ""
	for dir, binary := range buildTests(t, overlay, folders) {
		out += runTests(t, filepath.Join(tree, dir), binary)
	}
	for _, name := range slices.Concat(rowTests, []string{
		"TestOps/Asinh", "TestOps/CumSum", "TestGradientsOfLayers/PReLU",
		"TestGradientsOfLosses/SquaredHinge", "TestRulesFollowTheirRecurrences/AdaDelta",
	}) {
		assert.True(t, strings.Contains(out, "--- PASS: "+name), "%s has not run, or has failed", name)
	}
}

// buildTests builds the tests of packages with files replaced, and returns the
// programs of those that have tests, by folder.
func buildTests(t *testing.T, replaced map[string]string, folders map[string]bool) map[string]string {
	t.Helper()
	to := t.TempDir()
	overlay := filepath.Join(to, "overlay.json")
	description, err := json.Marshal(map[string]any{"Replace": replaced})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, description, 0o600))
	args := []string{"test", "-c", "-overlay", overlay, "-ldflags=-s -w", "-o", to + "/"}
	for dir := range folders {
		args = append(args, "./"+filepath.ToSlash(dir))
	}
	runGo(t, "", args...)
	built := map[string]string{}
	for dir := range folders {
		binary := filepath.Join(to, filepath.Base(dir)+".test")
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		if _, err := os.Stat(binary); err == nil {
			built[dir] = binary
		}
	}
	return built
}

// runTests runs the tests of rows in a folder and returns what they print.
func runTests(t *testing.T, dir, binary string) string {
	t.Helper()
	test := exec.Command(binary, "-test.v", "-test.run", "^("+strings.Join(rowTests, "|")+")$/("+rows+")")
	test.Dir = dir
	out, err := test.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// rowTests are the tests that have rows or ask for them, and new examples.
var rowTests = []string{
	"TestOps", "TestEveryOpHasARow", "TestTraits", "TestOpsAreComplete", "TestOpsTellTheirAttributes", "TestOpsAreDocumented", "TestEveryOpHasLanes",
	"TestGradientsOfLayers", "TestEveryLayerIsInGradientModels", "ExampleNode_CumSum", "ExamplePReLU",
	"TestBinaryLosses", "TestGradientsOfLosses", "TestEveryLossIsChecked", "ExampleSquaredHinge",
	"TestRulesFollowTheirRecurrences", "TestEveryRuleHasARow", "ExampleAdaDelta",
	"TestArguments",
}

// rows are the names of the rows that are added.
const rows = "Asinh|CumSum|PReLU|SquaredHinge|AdaDelta"

// copySources copies the files of Go of a folder.
func copySources(t *testing.T, to, from string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(to, 0o700))
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	require.NoError(t, err)
	for _, f := range files {
		copyFile(t, filepath.Join(to, filepath.Base(f)), f)
	}
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

package declive_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/exported"
)

var (
	codeSpan = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")

	// A name with its package, optim.Plan or optim.Trainer.Step, or a type with a
	// method or field, Trainer.Step.
	qualified = regexp.MustCompile(`\b([a-z]\w*)\.([A-Z]\w*(?:\.[A-Z]\w*)?)`)
	member    = regexp.MustCompile(`(?:^|[^.\w])([A-Z]\w*)\.([A-Z]\w*)`)
)

// TestDocsNameWhatThereIs looks up, in the code of the pages, every name that is
// qualified with a package of this module, and every method or field of an
// exported type.
func TestDocsNameWhatThereIs(t *testing.T) {
	d := declared(t)
	pages, err := filepath.Glob("docs/*.md")
	require.NoError(t, err)
	for _, page := range append(pages, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		text = additionBlock.ReplaceAll(text, nil) // names that CONTRIBUTING.md adds
		for _, code := range codeSpan.FindAllString(string(text), -1) {
			for _, name := range d.missing(code) {
				assert.Fail(t, "the code has no "+name, "%s: %s", page, code)
			}
		}
	}
}

func TestMissing(t *testing.T) {
	d := declarations{
		packages: map[string]map[string]bool{"optim": {"Plan": true, "Trainer": true, "Trainer.Step": true}},
		types:    map[string]bool{"Trainer": true, "Trainer.Step": true},
	}
	assert.Empty(t, d.missing("`optim.Plan`, optim.Trainer.Step(b), Trainer.Step, other.Chain, x.Value().Chain, docs/optim.md, Other.Chain"))
	assert.Equal(t, []string{"optim.Chain", "optim.Trainer.Fit", "Trainer.Stop"}, d.missing("```\noptim.Chain(a)\noptim.Trainer.Fit, *Trainer.Stop\n```"))
}

// declarations are the exported names of the module.
type declarations struct {
	packages map[string]map[string]bool // by the last element of their paths
	types    map[string]bool            // Trainer, and Trainer.Step, of all packages
}

func (d declarations) missing(code string) (names []string) {
	for _, m := range qualified.FindAllStringSubmatch(code, -1) {
		if has, ours := d.packages[m[1]]; ours && !has[m[2]] {
			names = append(names, m[0])
		}
	}
	for _, m := range member.FindAllStringSubmatch(code, -1) {
		if name := m[1] + "." + m[2]; d.types[m[1]] && !d.types[name] {
			names = append(names, name)
		}
	}
	return names
}

// declared lists every package of the module but those of examples.
func declared(t *testing.T) declarations {
	d := declarations{packages: map[string]map[string]bool{}, types: map[string]bool{}}
	for _, dir := range sourceFolders(t) {
		if within(dir, "examples") {
			continue
		}
		entries, err := exported.API(dir)
		require.NoError(t, err)
		d.add(path.Base(dir), entries)
	}
	return d
}

func (d declarations) add(pkg string, entries []exported.Entry) {
	if len(entries) > 0 && d.packages[pkg] == nil {
		d.packages[pkg] = map[string]bool{}
	}
	for _, e := range entries {
		d.packages[pkg][e.Name] = true
		if strings.HasPrefix(e.Line, "type ") || strings.Contains(e.Name, ".") {
			d.types[e.Name] = true
		}
	}
}

package declive_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Every block of Go in docs/gorgonia.md compiles and prints what it says. A block
// that begins with a package clause is a program, or a test, of its own; one that
// begins with func is declared for all others, which are bodies of functions.
func TestGorgoniaPage(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs")
	}
	var declared, bodies []string
	for _, code := range blocks(t, "docs/gorgonia.md") {
		switch {
		case strings.HasPrefix(code, "package main\n"):
			assert.Equal(t, output.FindStringSubmatch(code)[1], runGo(t, "", "run", writeGo(t, "main.go", code)))
		case strings.HasPrefix(code, "package "):
			runGo(t, "", "test", writeGo(t, "page_test.go", code))
		case strings.HasPrefix(code, "func ") || strings.HasPrefix(code, "// "):
			declared = append(declared, code)
		default:
			bodies = append(bodies, code)
		}
	}
	parts := strings.Split(runGo(t, "", "run", writeGo(t, "main.go", program(declared, bodies))), separator)
	require.Len(t, parts, 1+len(bodies))
	for i, body := range bodies {
		assert.Equal(t, printed(body), strings.TrimSpace(parts[1+i]), body)
	}
}

var (
	output = regexp.MustCompile(`// Output:\n\t// (.*\n)`)
	prints = regexp.MustCompile(`fmt\.Print(?:ln|f)\(.*\) +// prints (.*?)(?:; .*)?\n`)
)

const separator = "----\n"

// imports of what the bodies of a page use.
const imports = `	"fmt"
	"slices"

	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/mat"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"

	"declive/autodiff/bridge"
`

// printed returns what the comments of a body say that it prints.
func printed(body string) string {
	var lines []string
	for _, m := range prints.FindAllStringSubmatch(body, -1) {
		lines = append(lines, m[1])
	}
	return strings.Join(lines, "\n")
}

// program puts bodies and what they use into one file.
func program(declared, bodies []string) string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n" + imports + ")\n\n")
	b.WriteString(strings.Join(declared, "\n"))
	calls := ""
	for i, body := range bodies {
		fmt.Fprintf(&b, "\nfunc body%d() {\n%s}\n", i, body)
		calls += fmt.Sprintf("\tfmt.Print(%q)\n\tbody%d()\n", separator, i)
	}
	return b.String() + "\nfunc main() {\n" + calls + "}\n"
}

package declive_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A recipe is a section of docs/howto.md: declarations, the statements of a block in a
// function that returns an error, and what it prints.
type recipe struct{ title, declarations, statements, output string }

var howtoBlock = regexp.MustCompile("(?ms)^```(go|text)\n(.*?)^```$")

// recipes returns the sections of the page, the first of which has the lines that all
// begin with.
func recipes(t *testing.T) (common recipe, all []recipe) {
	page, err := os.ReadFile("docs/howto.md")
	require.NoError(t, err)
	for i, section := range strings.Split(string(page), "\n## ") {
		title, body, _ := strings.Cut(section, "\n")
		r := recipe{title: title}
		for _, block := range howtoBlock.FindAllStringSubmatch(body, -1) {
			if block[1] == "go" {
				formatted, err := format.Source([]byte(block[2]))
				require.NoError(t, err, title)
				assert.Equal(t, string(formatted), block[2], "gofmt, section %q", title)
			}
			switch {
			case block[1] == "text":
				r.output += block[2]
			case isFile(block[2]):
				r.declarations += block[2] + "\n"
			default:
				r.statements += block[2]
			}
		}
		if i == 0 {
			common = r
			continue
		}
		require.NotEmpty(t, r.statements, "section %q has no statements to run", title)
		all = append(all, r)
	}
	return common, all
}

// isFile reports whether Go code is declarations, and not statements.
func isFile(code string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code, 0)
	return err == nil
}

// TestHowto builds the recipes of docs/howto.md as one program and runs each in a
// process and a folder of its own, where it must print what the page says.
func TestHowto(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	common, all := recipes(t)
	require.Greater(t, len(all), 20)
	program := buildOverlaid(t, "docs/howto", howtoProgram(t, common, all))
	for i, r := range all {
		t.Run(r.title, func(t *testing.T) {
			command := exec.Command(program, fmt.Sprint(i))
			command.Dir = t.TempDir()
			var out, complaints bytes.Buffer
			command.Stdout, command.Stderr = &out, &complaints
			require.NoError(t, command.Run(), "%s%s", &out, &complaints)
			assert.Equal(t, r.output, out.String())
		})
	}
}

// howtoProgram returns a program that runs the recipe whose number it is given.
func howtoProgram(t *testing.T, common recipe, all []recipe) string {
	var body strings.Builder
	names := assigned(t, common.statements)
	for i, r := range all {
		fmt.Fprintf(&body, "%s\nfunc recipe%d() error {\n%s\n_ = []any{%s}\n{\n%s\n}\nreturn nil\n}\n\n",
			r.declarations, i, common.statements, strings.Join(names, ", "), r.statements)
	}
	body.WriteString("func main() {\nvar err error\nswitch os.Args[1] {\n")
	for i := range all {
		fmt.Fprintf(&body, "case \"%d\":\nerr = recipe%d()\n", i, i)
	}
	body.WriteString("}\nif err != nil {\nfmt.Fprintln(os.Stderr, err)\nos.Exit(1)\n}\n}\n")
	code, err := format.Source([]byte("package main\n\nimport (\n" + importLines(t, body.String()) + ")\n\n" + body.String()))
	require.NoError(t, err)
	return string(code)
}

// assigned returns the variables that statements declare.
func assigned(t *testing.T, statements string) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nfunc f() {\n"+statements+"}", 0)
	require.NoError(t, err)
	var names []string
	for _, s := range file.Decls[0].(*ast.FuncDecl).Body.List {
		a, ok := s.(*ast.AssignStmt)
		if !ok || a.Tok != token.DEFINE {
			continue
		}
		for _, v := range a.Lhs {
			if name := v.(*ast.Ident).Name; name != "err" && name != "_" {
				names = append(names, name)
			}
		}
	}
	return names
}

// importLines returns the import lines that the qualified names in code ask for.
func importLines(t *testing.T, code string) string {
	known := map[string]string{"tensor": "gorgonia.org/tensor", "rand": "math/rand/v2"}
	for _, p := range []string{"context", "encoding/json", "fmt", "iter", "math", "net/http", "net/http/httptest", "os", "slices", "strings", "sync", "time"} {
		known[path.Base(p)] = p
	}
	for _, dir := range sourceFolders(t) {
		if name := path.Base(dir); !strings.Contains(dir, "internal") && !within(dir, "examples") {
			known[name] = "declive/" + dir
		}
	}
	needed := map[string]bool{}
	for _, m := range regexp.MustCompile(`\b([a-z]\w*)\.[A-Z]`).FindAllStringSubmatch(code, -1) {
		if p, ok := known[m[1]]; ok {
			needed[p] = true
		}
	}
	lines := ""
	for _, p := range slices.Sorted(maps.Keys(needed)) {
		lines += fmt.Sprintf("%q\n", p)
	}
	return lines
}

// buildOverlaid builds a program of one file as if it lay in a folder of this module,
// and returns the path of the executable.
func buildOverlaid(t *testing.T, dir, code string) string {
	to := t.TempDir()
	source, overlay, program := filepath.Join(to, "main.go"), filepath.Join(to, "overlay.json"), filepath.Join(to, "program")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	require.NoError(t, os.WriteFile(source, []byte(code), 0o600))
	root, err := os.Getwd()
	require.NoError(t, err)
	place := filepath.Join(root, filepath.FromSlash(dir), "main.go")
	description, err := json.Marshal(map[string]any{"Replace": map[string]string{place: source}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, description, 0o600))
	runGo(t, "", "build", "-overlay", overlay, "-o", program, "./"+dir)
	return program
}

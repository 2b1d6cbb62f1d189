package autodiff

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Only lower.go names the compiler's builder, whose methods are the compiler's ops, so
// that it alone knows the ops of both sides.
func TestOnlyLowerKnowsBothSides(t *testing.T) {
	knows := false
	for path, file := range parsed(t, ".") {
		for _, name := range selected(file, "compile") {
			if path == "lower.go" {
				knows = knows || name == "Builder"
				continue
			}
			assert.Contains(t, []string{"Program", "Options", "Default", "Compile"}, name, path)
		}
	}
	assert.True(t, knows)
}

// Imports between the packages of the compiler point one way.
func TestImportsOfTheCompiler(t *testing.T) {
	const here = "declive/autodiff"
	allowed := map[string][]string{
		"shape":   nil,
		"acyclic": nil,
		"arena":   nil,
		"exec":    {"declive/internal/kernel", "declive/internal/kernel/vec", "declive/internal/kernel/gemm", "declive/internal/kernel/conv", "declive/internal/pool"},
		"domain":  {here + "/internal/exec", here + "/internal/shape"},
		"compile": {
			here + "/internal/exec", here + "/internal/shape", here + "/internal/domain", here + "/internal/acyclic", here + "/internal/arena",
			"declive/internal/kernel", "declive/internal/kernel/vec", // for names and values of functions
			"declive/internal/kernel/conv", // for the shapes of convolutions
		},
	}
	for name, imports := range allowed {
		for path, file := range parsed(t, filepath.Join("internal", name)) {
			for _, i := range file.Imports {
				if p := strings.Trim(i.Path.Value, `"`); strings.HasPrefix(p, "declive/") {
					assert.Contains(t, imports, p, path)
				}
			}
		}
	}
}

// parsed parses the files of a folder that are no tests.
func parsed(t *testing.T, dir string) map[string]*ast.File {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	out := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		out[path] = file
	}
	return out
}

// selected returns the names that a file takes from a package.
func selected(file *ast.File, of string) []string {
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == of {
				out = append(out, s.Sel.Name)
			}
		}
		return true
	})
	return out
}

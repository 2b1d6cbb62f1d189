package autodiff

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The list of ops has every type with the methods of one, but for leaves.
func TestOpsAreComplete(t *testing.T) {
	var listed []string
	for _, o := range ops() {
		listed = append(listed, strings.TrimPrefix(fmt.Sprintf("%T", o), "autodiff."))
	}
	slices.Sort(listed)
	listed = slices.Compact(listed) // one type may be several ops
	others := []string{"input", "labels", "parameter", "constant"}
	assert.Equal(t, listed, slices.DeleteFunc(namedTypes(t), func(name string) bool { return slices.Contains(others, name) }))
}

// namedTypes returns the types of the package's sources with a method name.
func namedTypes(t *testing.T) []string {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := map[string]bool{}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == "name" {
				found[f.Recv.List[0].Type.(*ast.Ident).Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// An op that computes element by element, as its traits say, has a value.
// StopGradient does so in words only: it disappears from programs.
func TestElementwiseOpsHaveValues(t *testing.T) {
	for _, o := range ops() {
		_, value := o.(elementwise)
		_, stops := o.(stopGradient)
		assert.Equal(t, value || stops, o.traits().Elementwise, o.name())
	}
}

// An op with an integer, a list of them or a shape for an attribute tells it to
// [Node.Attributes].
func TestOpsTellTheirAttributes(t *testing.T) {
	for _, o := range ops() {
		_, tells := o.(interface{ attributes() []int })
		assert.Equal(t, hasIntegers(reflect.TypeOf(o)), tells, o.name())
	}
}

func hasIntegers(op reflect.Type) bool {
	for i := range op.NumField() {
		f := op.Field(i).Type
		list := f.Kind() == reflect.Slice || f.Kind() == reflect.Array
		if f.Kind() == reflect.Struct && hasIntegers(f) || f.Kind() == reflect.Int || list && f.Elem().Kind() == reflect.Int {
			return true
		}
	}
	return false
}

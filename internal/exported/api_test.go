package exported_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/exported"
)

const sample = `package p

import "io"

const (
	A kind = 1 << iota
	b
	C
)
const D = 3

type kind int

var V, v io.Reader
var W = 1

type S struct {
	io.Reader
	X, y int
	inner
	kind
}
type inner struct{ X, Z float64 }

func (*inner) M(x ...int) (n int, err error) { return 0, nil }
func (inner) m()                             {}
func (kind) K()                              {}
func (S) M(float64)                          {}

type I interface {
	io.Writer
	F(f func() S)
	g()
}
type L[T any, U ~int | kind] []map[string]*T
type Alias = inner

func G[T any](x T, _ ...chan<- T) {}
func h()                          {}
`

func TestAPI(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte(sample), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p_test.go"), []byte("package p; func T() {}"), 0o600))
	entries, err := exported.API(dir)
	require.NoError(t, err)
	var names, lines []string
	for _, e := range entries {
		names, lines = append(names, e.Name), append(lines, e.Line)
	}
	assert.Equal(t, []string{
		"const A kind = 1 << iota // iota = 0",
		"type Alias = inner",
		"const C kind = 1 << iota // iota = 2",
		"const D = 3",
		"func G[T any](x T, _ ...chan<- T)",
		"type I interface",
		"closed I: it has unexported methods",
		"method (I) F(f func() S)",
		"embedded I: io.Writer",
		"type L[T any, U ~int | kind] []map[string]*T",
		"type S struct",
		"method (S) K()",
		"method (S) M(float64)",
		"embedded S: io.Reader",
		"field S.X int",
		"field S.Z float64",
		"var V io.Reader",
		"var W",
	}, lines)
	assert.Contains(t, strings.Join(names, " "), "S S.K S.M S.Reader S.X S.Z V")
}

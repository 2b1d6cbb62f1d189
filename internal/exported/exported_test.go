package exported_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/exported"
)

const source = `package p

type A struct{ b }
type b struct{}
type c struct{}
type G[T any] struct{ *A }
type I interface{ M() }

func F(x int) (int, error)     { return 0, nil }
func f()                       {}
func (*A) M(x int)             {}
func (b) N() error             { return nil }
func (b) n()                   {}
func (c) O()                   {}
func (g *G[T]) P(f func()) int { return 0 }
`

func TestFunctions(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.go"), []byte(source), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p_test.go"), []byte("package p; func T() {}"), 0o600))
	got, err := exported.Functions(dir)
	require.NoError(t, err)
	assert.Equal(t, []exported.Function{
		{Name: "A.M", Arguments: true},
		{Name: "A.N", Errors: true, Result: "error"},
		{Name: "F", Arguments: true, Errors: true},
		{Name: "G.P", Arguments: true, Result: "int"},
	}, got)
}

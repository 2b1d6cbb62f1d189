package datasets_test

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/datasets"
)

type data = *datasets.Dataset

var nan = math.NaN()

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// sequence returns 0, 1, …, n − 1.
func sequence(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func second[T any](_ T, err error) error { return err }

// must returns a function that returns its first argument and ends the test if
// the second is an error.
func must(t testing.TB) func(d data, err error) data {
	return func(d data, err error) data {
		t.Helper()
		require.NoError(t, err)
		return d
	}
}

// folder returns the place of a folder of real data, or skips the test.
func folder(t testing.TB, name string) string {
	root := os.Getenv("DECLIVE_DATA")
	if root == "" {
		t.Skip("set DECLIVE_DATA to the folder that holds " + name)
	}
	return filepath.Join(root, name)
}

package dist_test

import (
	"errors"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/dist"
)

func TestPlaces(t *testing.T) {
	errs := each(t, 3, func(c dist.Comm) error {
		places, err := dist.Places(t.Context(), c)
		assert.Equal(t, []dist.Place{dist.Here(), dist.Here(), dist.Here()}, places)
		return err
	})
	require.NoError(t, errors.Join(errs...))
	assert.Equal(t, runtime.GOMAXPROCS(0), dist.Here().Cores)
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		places  []dist.Place
		line    string
		warning string
	}{
		{[]dist.Place{{"a", 8, 8}, {"b", 8, 8}}, "2 ranks on 2 hosts, 8 cores each", ""},
		{[]dist.Place{{"a", 1, 2}, {"a", 1, 2}}, "2 ranks on 1 host, 1 core each", ""},
		{[]dist.Place{{"a", 1, 8}, {"b", 1, 8}}, "2 ranks on 2 hosts, 1 core each", "a: 1 of 8 cores are used, one by each rank, to which mpirun binds it; for one rank with all cores of a node: mpirun --map-by ppr:1:node --bind-to none"},
		{[]dist.Place{{"a", 8, 8}, {"a", 8, 8}}, "2 ranks on 1 host, 8 cores each", "a has 8 cores for 2 ranks that use 16: they wait for each other; start fewer, or set GOMAXPROCS"},
		{[]dist.Place{{"a", 8, 8}, {"b", 2, 2}}, "2 ranks on 2 hosts, 2 to 8 cores each", "ranks have 2 to 8 cores, but parts of the same size: all wait for the slowest"},
		{[]dist.Place{{"a", 4, 0}}, "1 rank on 1 host, 4 cores each", ""},
	} {
		line, warnings := dist.Describe(c.places)
		assert.Equal(t, c.line, line)
		if c.warning == "" {
			assert.Empty(t, warnings)
		} else {
			require.NotEmpty(t, warnings)
			assert.Equal(t, c.warning, warnings[0])
		}
	}
}

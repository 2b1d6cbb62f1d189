package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After its first run a step allocates nothing, in whatever way it is made. The
// count is on one thread.
func TestStepsDoNotAllocate(t *testing.T) {
	for _, c := range allCases(8, 24) {
		for _, dt := range c.dtypes {
			for _, v := range c.variants {
				if v.name != "program" && v.name != "trainer" && v.name != "grad of grad" || c.name == "epoch" {
					continue
				}
				j, err := v.load(dt)
				require.NoError(t, err, c.name)
				require.NoError(t, j.step(), c.name)
				allocs := testing.AllocsPerRun(5, func() { err = j.step() })
				require.NoError(t, err, c.name)
				assert.Zero(t, allocs, "%s %s %v", c.name, v.name, dt)
			}
		}
	}
}

package main

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// After its first runs a step allocates nothing, in whatever way it is made, on
// one thread and on two.
func TestStepsDoNotAllocate(t *testing.T) {
	for _, c := range allCases(4, 24) {
		for _, dt := range c.dtypes {
			for _, v := range c.variants {
				if v.name != "program" && v.name != "trainer" && v.name != "grad of grad" || c.name == "epoch" {
					continue
				}
				j, err := v.load(dt)
				require.NoError(t, err, c.name)
				require.NoError(t, j.step(), c.name)
				for threads := 1; threads <= 2; threads++ {
					allocs := allocations(threads, func() { err = j.step() })
					require.NoError(t, err, c.name)
					assert.Zero(t, allocs, "%s %s %v on %d threads", c.name, v.name, dt, threads)
				}
			}
		}
	}
}

// allocations is the number of allocations of five calls of f. It is the smallest
// of a few counts, because the runtime's own are among them, such as those for a
// second worker that starts late, many on a busy machine.
func allocations(threads int, f func()) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(threads))
	least := ^uint64(0)
	for try := 0; try < 100 && least > 0; try++ {
		var before, after runtime.MemStats
		f()
		runtime.ReadMemStats(&before)
		for range 5 {
			f()
		}
		runtime.ReadMemStats(&after)
		least = min(least, after.Mallocs-before.Mallocs)
	}
	return least
}

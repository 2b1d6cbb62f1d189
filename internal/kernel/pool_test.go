package kernel

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDoRunsEveryPartOnce(t *testing.T) {
	for _, parts := range []int{0, 1, 2, 3, 100} {
		runs := make([]atomic.Int32, parts)
		Do(parts, func(part int) { runs[part].Add(1) })
		for part := range runs {
			assert.EqualValues(t, 1, runs[part].Load(), "part %d of %d", part, parts)
		}
	}
}

func TestDoPanics(t *testing.T) {
	assert.PanicsWithValue(t, "part 5", func() {
		Do(8, func(part int) {
			if part == 5 {
				panic("part 5")
			}
		})
	})
}

package pool

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// onCores runs f under several values of GOMAXPROCS.
func onCores(t *testing.T, f func(t *testing.T)) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, cores := range []int{1, 2, 3, 7} {
		runtime.GOMAXPROCS(cores)
		f(t)
	}
}

// onGoroutines runs f on four goroutines at once.
func onGoroutines(f func()) {
	var programs sync.WaitGroup
	for range 4 {
		programs.Go(f)
	}
	programs.Wait()
}

func onTwoCores(t *testing.T) {
	before := runtime.GOMAXPROCS(2)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

func TestDoRunsEveryPartOnce(t *testing.T) {
	onCores(t, func(t *testing.T) {
		for _, parts := range []int{0, 1, 2, 3, 100} {
			runs, inRuns := make([]atomic.Int32, parts), make([]atomic.Int32, parts)
			Do(parts, func(part int) { runs[part].Add(1) })
			DoRuns(parts, func(from, to int) {
				for ; from < to; from++ {
					inRuns[from].Add(1)
				}
			})
			for part := range runs {
				assert.EqualValues(t, 1, runs[part].Load(), "part %d of %d", part, parts)
				assert.EqualValues(t, 1, inRuns[part].Load(), "part %d of %d", part, parts)
			}
		}
	})
}

func TestDoPanics(t *testing.T) {
	onCores(t, func(t *testing.T) {
		for range 20 {
			assert.PanicsWithValue(t, "part 5", func() {
				Do(8, func(part int) {
					if part == 5 {
						panic("part 5")
					}
				})
			})
		}
	})
}

func TestDoWithinAndBesideDo(t *testing.T) {
	onCores(t, func(t *testing.T) {
		var total atomic.Int64
		onGoroutines(func() {
			for range 100 {
				Do(5, func(int) { Do(3, func(part int) { total.Add(int64(part)) }) })
			}
		})
		assert.EqualValues(t, 4*100*5*3, total.Load())
	})
}

func TestDoDoesNotAllocate(t *testing.T) {
	var total atomic.Int64
	f := func(part int) { total.Add(int64(part)) }
	Do(4, f)
	assert.Less(t, testing.AllocsPerRun(100, func() { Do(4, f) }), 1.0)
}

func TestWorkersEnd(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	Do(100, func(int) { time.Sleep(100 * time.Microsecond) })
	var a Ahead
	a.Start(100, func(int, int) {})
	a.Finish()
	stacks := make([]byte, 1<<20)
	assert.Eventually(t, func() bool {
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "(*worker).loop")
	}, 5*time.Second, idleTime)
}

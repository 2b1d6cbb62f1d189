package pool

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// each returns a function that calls f with each part of a run.
func each(f func(part int)) func(from, to int) {
	return func(from, to int) {
		for ; from < to; from++ {
			f(from)
		}
	}
}

func TestAheadDoesEveryPartOnce(t *testing.T) {
	onCores(t, func(t *testing.T) {
		var a Ahead
		for _, parts := range []int{0, 1, 3, 100} {
			for _, pause := range []time.Duration{0, time.Microsecond, time.Millisecond} {
				runs := make([]atomic.Int32, parts)
				a.Start(parts, each(func(part int) { runs[part].Add(1) }))
				time.Sleep(pause)
				a.Finish()
				for part := range runs {
					assert.EqualValues(t, 1, runs[part].Load(), "part %d of %d", part, parts)
				}
			}
		}
	})
}

func TestAheadIsDoneByFreeCores(t *testing.T) {
	onTwoCores(t)
	var a Ahead
	var done atomic.Int32
	a.Start(10, each(func(int) { done.Add(1) }))
	assert.Eventually(t, func() bool { return done.Load() == 10 }, 5*time.Second, time.Millisecond)
	a.Finish()
	assert.EqualValues(t, 10, done.Load())
}

// A job comes first: what is left ahead waits until it is done.
func TestAheadBesideDo(t *testing.T) {
	onCores(t, func(t *testing.T) {
		var a Ahead
		var total, ahead atomic.Int64
		for range 100 {
			a.Start(7, each(func(part int) { ahead.Add(int64(part)) }))
			for range 5 {
				Do(4, func(part int) { total.Add(int64(part)) })
			}
			a.Finish()
		}
		assert.EqualValues(t, 100*5*6, total.Load())
		assert.EqualValues(t, 100*21, ahead.Load())
	})
}

func TestAheadFromManyGoroutines(t *testing.T) {
	onCores(t, func(t *testing.T) {
		var total atomic.Int64
		onGoroutines(func() {
			var a Ahead
			for range 100 {
				a.Start(5, each(func(part int) { total.Add(int64(part)) }))
				Do(2, func(int) {})
				a.Finish()
			}
		})
		assert.EqualValues(t, 4*100*10, total.Load())
	})
}

func TestAheadStops(t *testing.T) {
	onCores(t, func(t *testing.T) {
		for range 50 {
			var a Ahead
			var started, running atomic.Int32
			a.Start(1000, each(func(int) {
				running.Add(1)
				started.Add(1)
				time.Sleep(10 * time.Microsecond)
				running.Add(-1)
			}))
			time.Sleep(20 * time.Microsecond)
			a.Stop()
			after := started.Load()
			assert.Zero(t, running.Load())
			assert.Less(t, after, int32(1000))
			time.Sleep(20 * time.Microsecond)
			assert.Equal(t, after, started.Load(), "a part began after Stop")
			a.Finish()
			assert.Equal(t, after, started.Load(), "Finish did a part after Stop")
		}
	})
}

func TestAheadPanics(t *testing.T) {
	onCores(t, func(t *testing.T) {
		for _, pause := range []time.Duration{0, time.Millisecond} {
			var a Ahead
			var done atomic.Int32
			a.Start(8, each(func(part int) {
				if part == 1 {
					panic("part 1")
				}
				done.Add(1)
			}))
			time.Sleep(pause)
			assert.PanicsWithValue(t, "part 1", a.Finish)
			a.Start(8, each(func(int) { done.Store(99) }))
			assert.NotPanics(t, a.Finish, "the next start")
			assert.EqualValues(t, 99, done.Load())
		}
	})
}

// A part that ends its goroutine, as a failed test does, costs no worker.
func TestAheadSurvivesTheEndOfAGoroutine(t *testing.T) {
	onTwoCores(t)
	for range 3 {
		var a Ahead
		var begun atomic.Bool
		a.Start(1, func(int, int) {
			begun.Store(true)
			runtime.Goexit()
		})
		require.Eventually(t, begun.Load, 5*time.Second, time.Millisecond, "no worker has begun")
		assert.PanicsWithValue(t, "pool: a part of the work ended its goroutine", a.Finish)
	}
}

func TestAheadDoesNotAllocate(t *testing.T) {
	var a Ahead
	var total atomic.Int64
	f := each(func(part int) { total.Add(int64(part)) })
	run := func() { a.Start(4, f); a.Finish() }
	run()
	assert.Less(t, testing.AllocsPerRun(100, run), 1.0)
}

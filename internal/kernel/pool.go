package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls f(0), …, f(parts−1), on as many cores as GOMAXPROCS allows, and
// returns when all have returned. Which core runs which part is left open, so
// parts must not depend on each other; how many there are should follow from
// the size of the work, never from the number of cores. A panic in f reaches
// the caller.
func Do(parts int, f func(part int)) {
	workers := min(parts, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for part := range parts {
			f(part)
		}
		return
	}
	var next atomic.Int64
	var failure atomic.Pointer[any]
	work := func() {
		defer func() {
			if r := recover(); r != nil {
				failure.CompareAndSwap(nil, &r)
			}
		}()
		for part := int(next.Add(1)) - 1; part < parts; part = int(next.Add(1)) - 1 {
			f(part)
		}
	}
	var wait sync.WaitGroup
	for range workers - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	if r := failure.Load(); r != nil {
		panic(*r)
	}
}

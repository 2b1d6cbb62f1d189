package pool

import (
	"runtime"
	"sync/atomic"
)

// Ahead is work that will be needed soon, in parts like those of [DoRuns]. Cores
// that have waited in vain for a part of a job take parts of it, one at a time,
// until [Ahead.Finish] does the others. The zero value has no parts.
//
// Only one is worked on ahead at a time; those that are started while it has parts
// left are not. The methods are called from one goroutine; after the first Start
// they do not allocate.
type Ahead struct {
	runs func(from, to int)
	open span // parts that nobody has begun

	first   int                // of the parts that Finish does
	rest    func(from, to int) // some of them, counted from there
	helpers atomic.Int32       // that look for a part or do one
	failure atomic.Pointer[failure]
}

// Start lets free cores begin with parts 0 to parts−1, of which a call of f does
// those from from to to−1, and wakes a core if all are asleep. What was started
// before has to be finished or stopped.
func (a *Ahead) Start(parts int, f func(from, to int)) {
	if a.rest == nil {
		a.rest = func(from, to int) { a.runs(a.first+from, a.first+to) }
	}
	a.runs = f
	a.open.set(0, parts)
	if parts > 0 && runtime.GOMAXPROCS(0) > 1 && workers.ahead.CompareAndSwap(nil, a) {
		workers.rouse()
	}
}

// Finish returns when all parts are done, those that nobody has begun by all
// cores. A panic in a part reaches the caller.
func (a *Ahead) Finish() {
	defer a.Stop() // a panic leaves nothing under way, either
	from, to := a.withdraw()
	if from < to {
		a.first = from
		DoRuns(to-from, a.rest)
	}
	a.wait()
	if failed := a.failure.Load(); failed != nil {
		panic(failed.value)
	}
}

// Stop gives up the parts that nobody has begun, and returns when no part is
// being done.
func (a *Ahead) Stop() {
	a.withdraw()
	a.wait()
	a.failure.Store(nil)
}

// withdraw takes the parts that nobody has begun.
func (a *Ahead) withdraw() (from, to int) {
	workers.ahead.CompareAndSwap(a, nil)
	return a.open.all()
}

// wait returns when the helpers are done.
func (a *Ahead) wait() {
	for n := 0; a.helpers.Load() > 0; n++ {
		pause()
		if n%64 == 63 {
			runtime.Gosched()
		}
	}
}

// help does one part, and returns false if none is left.
func (a *Ahead) help() (some bool) {
	finished := false
	a.helpers.Add(1)
	defer func() {
		if !finished {
			a.failure.CompareAndSwap(nil, failureOf(recover()))
		}
		a.helpers.Add(-1)
	}()
	if part, end := a.open.one(); part < end {
		a.runs(part, end)
		some = true
	}
	finished = true
	return some
}

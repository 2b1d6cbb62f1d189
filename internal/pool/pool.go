// Package pool divides work among the cores. [Do] and [DoRuns] run the parts of a
// job on the caller's goroutine and on workers, and [Ahead] lets cores that are
// free begin with what comes next.
//
// There is one pool for the whole program, as there is one set of cores. Its
// workers come into being with work, spin for a while so that a step of many short
// jobs finds them awake, sleep, and end when nothing comes.
//
// A panic in a part reaches the caller. What parts there are follows from the
// work, never from the number of cores: then results do not depend on it, either.
package pool

import (
	"runtime"
	"slices"
	"sync/atomic"
)

// Do calls f(0), …, f(parts−1), on as many cores as GOMAXPROCS allows, and
// returns when all have returned. Which core runs which part is left open, so
// parts must not depend on each other; how many there are should follow from
// the size of the work, never from the number of cores. A panic in f reaches
// the caller. Do does not allocate.
//
// Calls from within f, and calls while another goroutine's Do runs, run their
// parts one after the other.
func Do(parts int, f func(part int)) {
	helpers := min(parts, runtime.GOMAXPROCS(0)) - 1
	if helpers < 1 || !workers.busy.CompareAndSwap(false, true) {
		for part := range parts {
			f(part)
		}
		return
	}
	workers.each = f
	workers.run(parts, helpers)
}

// DoRuns is Do for work that is cheaper when parts that follow each other are
// done together: each call of f does those from from to to−1.
func DoRuns(parts int, f func(from, to int)) {
	helpers := min(parts, runtime.GOMAXPROCS(0)) - 1
	if helpers < 1 || !workers.busy.CompareAndSwap(false, true) {
		if parts > 0 {
			f(0, parts)
		}
		return
	}
	workers.runs = f
	workers.run(parts, helpers)
}

// workers does all jobs. It is the one place where the package starts goroutines.
var workers crew

// A crew runs one job at a time: that of the goroutine that has set busy. The
// fields behind are the job, and change only while no worker runs.
type crew struct {
	ahead   atomic.Pointer[Ahead] // what workers do while they wait for a job, or nil
	busy    atomic.Bool
	workers []*worker

	each    func(part int) // one of the two is the job
	runs    func(from, to int)
	spans   []span // of those who share the job, the caller first
	failure atomic.Pointer[failure]
}

// A failure is what a part panicked with.
type failure struct{ value any }

// failureOf returns the failure of a part that recovered value, nil if the part
// ended its goroutine.
func failureOf(value any) *failure {
	if value == nil {
		value = "pool: a part of the work ended its goroutine"
	}
	return &failure{value}
}

// run does the job of the caller, who is one of those who share it, and ends
// it.
func (c *crew) run(parts, helpers int) {
	c.hire(helpers)
	c.spans = slices.Grow(c.spans[:0], helpers+1)[:helpers+1]
	for i := range c.spans {
		c.spans[i].set(parts*i/(helpers+1), parts*(i+1)/(helpers+1))
	}
	for _, w := range c.workers[:helpers] {
		w.post()
	}
	c.share(0)
	for _, w := range c.workers[:helpers] {
		w.wait()
	}
	c.each, c.runs = nil, nil
	failed := c.failure.Swap(nil)
	c.busy.Store(false)
	if failed != nil {
		panic(failed.value)
	}
}

// hire sees to it that there are n workers.
func (c *crew) hire(n int) {
	for len(c.workers) < n {
		c.workers = append(c.workers, newWorker(len(c.workers)+1))
	}
}

// rouse wakes a worker to look for work, unless a job has woken it.
func (c *crew) rouse() {
	if !c.busy.CompareAndSwap(false, true) {
		return
	}
	c.hire(1)
	c.workers[0].rouse()
	c.busy.Store(false)
}

// share does parts of the job until none is left, beginning with span own. A
// panic leaves no parts for anybody.
func (c *crew) share(own int) {
	finished := false
	defer func() {
		if finished {
			return
		}
		c.failure.CompareAndSwap(nil, failureOf(recover()))
		for i := range c.spans {
			c.spans[i].set(0, 0)
		}
	}()
	for from, to := c.take(own); from < to; from, to = c.take(own) {
		if c.runs != nil {
			c.runs(from, to)
			continue
		}
		for part := from; part < to; part++ {
			c.each(part)
		}
	}
	finished = true
}

// take returns the next parts for the sharer of span own: some of its own, or,
// when it has none left, of those that another has not begun.
func (c *crew) take(own int) (from, to int) {
	if from, to = c.spans[own].first(); from < to {
		return from, to
	}
	for i := 1; i < len(c.spans); i++ {
		if from, to = c.spans[(own+i)%len(c.spans)].last(); from < to {
			return from, to
		}
	}
	return 0, 0
}

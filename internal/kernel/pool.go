package kernel

import (
	"runtime"
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

// doRuns is Do for work that is cheaper when parts that follow each other are
// done together: each call of f does those from from to to−1.
func doRuns(parts int, f func(from, to int)) {
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

// workers is the one place where the package starts goroutines.
var workers pool

// A pool runs one job at a time: that of the goroutine that has set busy. Its
// fields are the job, and change only while no worker runs.
type pool struct {
	busy    atomic.Bool
	workers []*worker

	each    func(part int) // one of the two is the job
	runs    func(from, to int)
	parts   int
	sharers int
	failure atomic.Pointer[failure]

	_    [64]byte
	next atomic.Int64 // first part that nobody has taken
	_    [64]byte
}

// A failure is what a part panicked with.
type failure struct{ value any }

// run does the job of the caller, who is one of those who share it, and ends
// it.
func (p *pool) run(parts, helpers int) {
	p.parts, p.sharers = parts, helpers+1
	p.next.Store(0)
	for len(p.workers) < helpers {
		p.workers = append(p.workers, newWorker())
	}
	for _, w := range p.workers[:helpers] {
		w.post()
	}
	p.share()
	for _, w := range p.workers[:helpers] {
		w.wait()
	}
	p.each, p.runs = nil, nil
	failed := p.failure.Swap(nil)
	p.busy.Store(false)
	if failed != nil {
		panic(failed.value)
	}
}

// share does parts of the job until none is left. A panic leaves no parts for
// anybody.
func (p *pool) share() {
	finished := false
	defer func() {
		if finished {
			return
		}
		value := recover()
		if value == nil {
			value = "kernel: a part of the work ended its goroutine"
		}
		p.failure.CompareAndSwap(nil, &failure{value})
		p.next.Store(int64(p.parts))
	}()
	for from, to := p.take(); from < to; from, to = p.take() {
		if p.runs != nil {
			p.runs(from, to)
			continue
		}
		for part := from; part < to; part++ {
			p.each(part)
		}
	}
	finished = true
}

// take returns the next parts to do: a large share first, then smaller ones, so
// that all finish at about the same time.
func (p *pool) take() (from, to int) {
	for {
		next := p.next.Load()
		left := p.parts - int(next)
		if left <= 0 {
			return 0, 0
		}
		n := max(1, 2*left/(3*p.sharers))
		if p.next.CompareAndSwap(next, next+int64(n)) {
			return int(next), int(next) + n
		}
	}
}

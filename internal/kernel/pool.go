package kernel

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

// workers is the one place where the package starts goroutines.
var workers pool

// A pool runs one job at a time: that of the goroutine that has set busy. The
// fields behind are the job, and change only while no worker runs.
type pool struct {
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
		value = "kernel: a part of the work ended its goroutine"
	}
	return &failure{value}
}

// run does the job of the caller, who is one of those who share it, and ends
// it.
func (p *pool) run(parts, helpers int) {
	p.hire(helpers)
	p.spans = slices.Grow(p.spans[:0], helpers+1)[:helpers+1]
	for i := range p.spans {
		p.spans[i].set(parts*i/(helpers+1), parts*(i+1)/(helpers+1))
	}
	for _, w := range p.workers[:helpers] {
		w.post()
	}
	p.share(0)
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

// hire sees to it that there are n workers.
func (p *pool) hire(n int) {
	for len(p.workers) < n {
		p.workers = append(p.workers, newWorker(len(p.workers)+1))
	}
}

// rouse wakes a worker to look for work, unless a job has woken it.
func (p *pool) rouse() {
	if !p.busy.CompareAndSwap(false, true) {
		return
	}
	p.hire(1)
	p.workers[0].rouse()
	p.busy.Store(false)
}

// share does parts of the job until none is left, beginning with span own. A
// panic leaves no parts for anybody.
func (p *pool) share(own int) {
	finished := false
	defer func() {
		if finished {
			return
		}
		p.failure.CompareAndSwap(nil, failureOf(recover()))
		for i := range p.spans {
			p.spans[i].set(0, 0)
		}
	}()
	for from, to := p.take(own); from < to; from, to = p.take(own) {
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

// take returns the next parts for the sharer of span own: some of its own, or,
// when it has none left, of those that another has not begun.
func (p *pool) take(own int) (from, to int) {
	if from, to = p.spans[own].first(); from < to {
		return from, to
	}
	for i := 1; i < len(p.spans); i++ {
		if from, to = p.spans[(own+i)%len(p.spans)].last(); from < to {
			return from, to
		}
	}
	return 0, 0
}

// A span holds the parts of a job that are left of an equal share. Whoever runs
// a step again and again finds in its cache what it worked on the last time.
type span struct {
	ends atomic.Uint64 // first part and the one behind the last, 32 bits each
	_    [120]byte
}

func (s *span) set(from, to int) { s.ends.Store(uint64(from)<<32 | uint64(to)) }

// first takes two thirds of the parts, in order: the rest is for whoever is
// ready first, so that all finish at about the same time. It does not leave
// fewer than two, as every start has a cost.
func (s *span) first() (from, to int) {
	return s.front(func(left int) int {
		if left > 4 {
			return (2*left + 2) / 3
		}
		return left
	})
}

// one takes the first part.
func (s *span) one() (from, to int) { return s.front(func(int) int { return 1 }) }

// front takes as many of the parts that are left as count says, in order.
func (s *span) front(count func(left int) int) (from, to int) {
	for {
		ends := s.ends.Load()
		from, to = int(ends>>32), int(uint32(ends))
		if from >= to {
			return 0, 0
		}
		end := from + count(to-from)
		if s.ends.CompareAndSwap(ends, uint64(end)<<32|uint64(to)) {
			return from, end
		}
	}
}

// last takes the last half of the parts.
func (s *span) last() (from, to int) {
	for {
		ends := s.ends.Load()
		from, to = int(ends>>32), int(uint32(ends))
		if from >= to {
			return 0, 0
		}
		n := (to - from + 1) / 2
		if s.ends.CompareAndSwap(ends, uint64(from)<<32|uint64(to-n)) {
			return to - n, to
		}
	}
}

// all takes all parts.
func (s *span) all() (from, to int) {
	ends := s.ends.Swap(0)
	return int(ends >> 32), int(uint32(ends))
}

package pool

import (
	"runtime"
	"sync/atomic"
	"time"
)

const (
	spinTime = 150 * time.Microsecond // bridges the gaps inside a training step
	idleTime = 50 * time.Millisecond  // asleep, before a worker ends
)

// The states of a worker.
const (
	ended   = iota // no goroutine
	asleep         // waits for a token in wake
	awake          // looks for work
	posted         // has been given a share of the job
	working        // does it
)

// A worker is a goroutine that comes into being with work, looks out for more
// for a while, then sleeps, and ends when nothing comes. It changes the state
// from awake, asleep and posted on; the goroutine that runs a job gives shares
// out, wakes workers, and takes those shares back that nobody has begun.
type worker struct {
	span  int // that it begins with
	state atomic.Uint32
	wake  chan struct{}
	timer *time.Timer
	_     [64]byte
}

func newWorker(span int) *worker {
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	return &worker{span: span, wake: make(chan struct{}, 1), timer: timer}
}

// post gives w a share of the job.
func (w *worker) post() {
	for {
		state := w.state.Load()
		if !w.state.CompareAndSwap(state, posted) {
			continue
		}
		switch state {
		case ended:
			go w.loop()
		case asleep:
			w.wake <- struct{}{}
		}
		return
	}
}

// rouse lets w look for work.
func (w *worker) rouse() {
	switch {
	case w.state.CompareAndSwap(ended, awake):
		go w.loop()
	case w.state.CompareAndSwap(asleep, awake):
		w.wake <- struct{}{}
	}
}

// wait returns when w has done its share, or will never begin it.
func (w *worker) wait() {
	if w.state.CompareAndSwap(posted, awake) {
		return
	}
	for n := 0; w.state.Load() == working; n++ {
		pause()
		if n%64 == 63 {
			runtime.Gosched()
		}
	}
}

func (w *worker) loop() {
	// A part may end this goroutine, as a failed test does; share or help has
	// told the caller.
	finished := false
	defer func() {
		if !finished {
			w.state.Store(ended)
		}
	}()
	for w.next() {
		workers.share(w.span)
		w.state.Store(awake)
	}
	finished = true
}

// next returns true when w has been given work, and false to end it.
func (w *worker) next() bool {
	for {
		if w.spin() {
			return true
		}
		if w.state.CompareAndSwap(awake, asleep) && !w.sleep() {
			return false
		}
	}
}

// spin waits, without giving up the core, for work, which it takes. When it has
// waited for longer than the gaps between most jobs, it does work ahead.
func (w *worker) spin() bool {
	start := time.Now()
	for n := 0; ; n++ {
		if w.state.Load() == posted && w.state.CompareAndSwap(posted, working) {
			return true
		}
		pause()
		if n%64 == 63 {
			if w.helpAhead() {
				start = time.Now()
			}
			if time.Since(start) > spinTime || runtime.GOMAXPROCS(0) == 1 {
				return false
			}
			runtime.Gosched()
		}
	}
}

// helpAhead does work ahead until it gets a share of a job, and returns false if
// there is none.
func (w *worker) helpAhead() (some bool) {
	for a := workers.ahead.Load(); a != nil && w.state.Load() != posted; some = true {
		if !a.help() {
			workers.ahead.CompareAndSwap(a, nil)
			break
		}
	}
	return some
}

// sleep waits for a token and returns true, or ends the worker after a while.
func (w *worker) sleep() bool {
	w.timer.Reset(idleTime)
	select {
	case <-w.wake:
		w.timer.Stop()
		return true
	case <-w.timer.C:
		if w.state.CompareAndSwap(asleep, ended) {
			return false
		}
		<-w.wake // somebody was faster and has sent it
		return true
	}
}

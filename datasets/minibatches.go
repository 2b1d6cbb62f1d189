package datasets

import (
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"

	"declive/autodiff"
)

// Minibatches returns the examples in random order, size at a time, each once:
// sampling without replacement. The last batch is smaller if size does not
// divide Len. A size below 1, or above Len, takes all examples at once, as
// gradient descent does; they then keep their order.
//
// Every range over the sequence is an epoch with a new order, which depends on
// the epoch's number and on two numbers drawn from rng in this call: neither
// on other uses of rng nor on how far an earlier epoch went.
//
// The tensors of a batch are valid until the next one is asked for, and only to
// be read: they are used again, and an epoch allocates nothing per batch. Large
// batches are gathered by all cores together, others by a core that has nothing
// to do while the batch before is in use; the values do not depend on it. All
// examples at once are gathered once, in the first epoch.
//
// It panics with an [*autodiff.Error] if it needs rng and that is nil.
func (d *Dataset) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 || size >= d.Len() {
		return d.Consecutive(size)
	}
	a, b := seeds("datasets.Minibatches", rng)
	return d.epochs(size, false, func(epoch uint64, rows []int) {
		copy(rows, d.index)
		shuffle(rows, rand.New(rand.NewPCG(a, b+epoch)))
	})
}

// Consecutive is [Dataset.Minibatches] without shuffling: batches of size
// examples as they follow each other, the same in every epoch.
func (d *Dataset) Consecutive(size int) iter.Seq[autodiff.Batch] {
	return d.epochs(size, true, func(_ uint64, rows []int) { copy(rows, d.index) })
}

// Sampled is [Dataset.Minibatches] with replacement: each place in a batch goes
// to an example drawn independently of all others. An epoch has as many places
// as there are examples, so some examples are missing from it and some occur
// more than once. It panics with an [*autodiff.Error] if rng is nil.
func (d *Dataset) Sampled(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	a, b := seeds("datasets.Sampled", rng)
	return d.epochs(size, false, func(epoch uint64, rows []int) {
		draw := rand.New(rand.NewPCG(a, b+epoch))
		for i := range rows {
			rows[i] = d.index[draw.IntN(len(d.index))]
		}
	})
}

// seeds draws the two numbers that the epochs of a sequence depend on.
func seeds(name string, rng *rand.Rand) (a, b uint64) {
	if rng == nil {
		autodiff.Fail(name, "the generator of random numbers is nil; make one with rand.New")
	}
	return rng.Uint64(), rng.Uint64()
}

// epochs returns the sequence of batches in the given order, which is the same
// in every epoch if it is fixed.
func (d *Dataset) epochs(size int, fixed bool, order func(epoch uint64, rows []int)) iter.Seq[autodiff.Batch] {
	if size < 1 || size > d.Len() {
		size = d.Len()
	}
	l := &loader{data: d, size: size, order: order, once: fixed && size == d.Len()}
	return l.epoch
}

// A loader delivers the minibatches of one epoch after another.
type loader struct {
	data  *Dataset
	size  int
	order func(epoch uint64, rows []int) // sets rows to the stored rows of an epoch
	once  bool                           // every epoch is the same one batch

	mu    sync.Mutex
	next  uint64 // number of the next epoch
	spare *desk  // of the last epoch that ended
}

// Batches of so many elements are gathered ahead. Smaller ones are full before
// another core has begun, and steps on larger ones leave no core free.
const (
	minAhead = 1 << 13
	maxAhead = 1 << 19
)

// Tensors that are filled ahead take so many elements together, where that is not
// too many tensors: one that the core which uses it still has in its cache takes
// another core twice as long to fill.
const (
	rotated    = 3 << 18
	maxRotated = 8
)

// A desk is the memory in which an epoch works.
type desk struct {
	rows     []int            // in the order of the epoch
	full     []autodiff.Batch // of which turns are used in turn
	turns    int              // in this epoch: 1, or all
	last     autodiff.Batch   // smaller, if the size does not divide Len
	gatherer *gatherer
	complete bool // the first of full holds the one batch there is
}

// epoch is the iterator: a range over it takes a desk, which goes to the next
// range when this one ends. Two ranges at once have a desk each.
func (l *loader) epoch(yield func(autodiff.Batch) bool) {
	if l.data.Len() == 0 {
		return
	}
	d, number := l.begin()
	defer l.end(d)
	if d.complete {
		yield(d.full[0])
		return
	}
	l.order(number, d.rows)
	d.turns = len(d.full)
	if runtime.GOMAXPROCS(0) == 1 {
		d.turns = 1
	}
	defer d.gatherer.ahead.Stop()
	for i := 0; i*l.size < len(d.rows); i++ {
		b := l.batch(d, i)
		d.complete = l.once
		if !yield(b) {
			return
		}
	}
}

// batch returns the i-th batch of the epoch, after those before it, and lets free
// cores begin with the next where there is room for it.
func (l *loader) batch(d *desk, i int) autodiff.Batch {
	b, rows := l.place(d, i)
	if d.turns == 1 {
		d.gatherer.fill(b, rows)
		return b
	}
	if i == 0 {
		d.gatherer.start(b, rows)
	}
	d.gatherer.ahead.Finish()
	if (i+1)*l.size < len(d.rows) {
		d.gatherer.start(l.place(d, i+1))
	}
	return b
}

// place returns where to gather the i-th batch of an epoch, and its rows.
func (l *loader) place(d *desk, i int) (autodiff.Batch, []int) {
	rows := d.rows[i*l.size:]
	if len(rows) < l.size {
		return d.last, rows
	}
	return d.full[i%d.turns], rows[:l.size]
}

func (l *loader) begin() (*desk, uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, number := l.spare, l.next
	l.spare, l.next = nil, l.next+1
	if d == nil {
		d = l.newDesk()
	}
	return d, number
}

func (l *loader) end(d *desk) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.spare = d
}

func (l *loader) newDesk() *desk {
	n := l.data.Len()
	d := &desk{rows: make([]int, n), gatherer: newGatherer(l.data)}
	for range l.turns(n / l.size) {
		d.full = append(d.full, l.data.room(l.size))
	}
	if rest := n % l.size; rest > 0 {
		d.last = l.data.room(rest)
	}
	return d
}

// turns is the number of tensors to fill in turn with so many batches: one where
// they are not gathered ahead.
func (l *loader) turns(batches int) int {
	size := l.size * l.data.Features()
	if size < minAhead || size > maxAhead {
		return 1
	}
	return min(batches, max(2, min(maxRotated, rotated/size)))
}

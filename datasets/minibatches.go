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
// The tensors of a batch are valid until the next one is asked for: they are
// used again, and an epoch allocates nothing per batch. Large batches are
// gathered by a second goroutine while the one before is in use; it has ended
// when the range has, also after a break. The values do not depend on it.
func (d *Dataset) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 || size >= d.Len() {
		return d.Consecutive(size)
	}
	a, b := rng.Uint64(), rng.Uint64()
	return d.epochs(size, func(epoch uint64, rows []int) {
		copy(rows, d.index)
		shuffle(rows, rand.New(rand.NewPCG(a, b+epoch)))
	})
}

// Consecutive is [Dataset.Minibatches] without shuffling: batches of size
// examples as they follow each other, the same in every epoch.
func (d *Dataset) Consecutive(size int) iter.Seq[autodiff.Batch] {
	return d.epochs(size, func(_ uint64, rows []int) { copy(rows, d.index) })
}

// Sampled is [Dataset.Minibatches] with replacement: each place in a batch goes
// to an example drawn independently of all others. An epoch has as many places
// as there are examples, so some examples are missing from it and some occur
// more than once.
func (d *Dataset) Sampled(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	a, b := rng.Uint64(), rng.Uint64()
	return d.epochs(size, func(epoch uint64, rows []int) {
		draw := rand.New(rand.NewPCG(a, b+epoch))
		for i := range rows {
			rows[i] = d.index[draw.IntN(len(d.index))]
		}
	})
}

func (d *Dataset) epochs(size int, order func(epoch uint64, rows []int)) iter.Seq[autodiff.Batch] {
	if size < 1 {
		size = d.Len()
	}
	l := &loader{data: d, size: min(size, d.Len()), order: order}
	return l.epoch
}

// A loader delivers the minibatches of one epoch after another.
type loader struct {
	data  *Dataset
	size  int
	order func(epoch uint64, rows []int) // sets rows to the stored rows of an epoch

	mu    sync.Mutex
	next  uint64 // number of the next epoch
	spare *desk  // of the last epoch that ended
}

// A desk is the memory in which an epoch works.
type desk struct {
	rows  []int
	full  [2]autodiff.Batch // one in use, one in preparation
	last  autodiff.Batch    // smaller; only if the size does not divide Len
	steps int
}

// epoch is the iterator: a range over it takes a desk, which goes to the next
// range when this one ends. Two ranges at once have a desk each.
func (l *loader) epoch(yield func(autodiff.Batch) bool) {
	if l.data.Len() == 0 {
		return
	}
	desk, number := l.begin()
	defer l.end(desk)
	l.order(number, desk.rows)
	if desk.steps > 1 && runtime.GOMAXPROCS(0) > 1 && l.size*l.data.Features() >= prefetchFrom {
		l.ahead(desk, yield)
		return
	}
	for k := range desk.steps {
		if !yield(l.gather(desk, k)) {
			return
		}
	}
}

// prefetchFrom is the number of elements in a batch from which gathering takes
// longer than handing it to another goroutine, about 5 µs for both ways.
const prefetchFrom = 1 << 15

// ahead walks the epoch with one goroutine that prepares batch k + 1 while the
// caller uses batch k.
func (l *loader) ahead(desk *desk, yield func(autodiff.Batch) bool) {
	ask, ready := make(chan int, 1), make(chan autodiff.Batch, 1)
	go func() {
		defer close(ready)
		for k := range ask {
			ready <- l.gather(desk, k)
		}
	}()
	defer func() { // also after a break or a panic in the loop's body
		close(ask)
		for range ready {
		}
	}()
	ask <- 0
	for k := range desk.steps {
		b := <-ready
		if k+1 < desk.steps {
			ask <- k + 1
		}
		if !yield(b) {
			return
		}
	}
}

// gather returns batch k of the epoch.
func (l *loader) gather(desk *desk, k int) autodiff.Batch {
	from, to := k*l.size, min((k+1)*l.size, len(desk.rows))
	b := desk.full[k%2]
	if to-from < l.size {
		b = desk.last
	}
	l.data.fill(b, desk.rows[from:to])
	return b
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
	d := &desk{rows: make([]int, n), steps: (n + l.size - 1) / l.size}
	for i := range min(2, d.steps) {
		d.full[i] = l.data.room(l.size)
	}
	if rest := n % l.size; rest > 0 {
		d.last = l.data.room(rest)
	}
	return d
}

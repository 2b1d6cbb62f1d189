package datasets

import (
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"sync"

	"declive/autodiff"
)

// Minibatches returns the examples in random order, size at a time, each once:
// sampling without replacement. The last batch is smaller if size does not
// divide Len, or left out under [Dataset.WholeBatches]. A size below 1, or above
// Len, takes all examples at once, as gradient descent does; they then keep their
// order. Under [Dataset.ClassBalanced] examples are drawn instead.
//
// Every range over the sequence is an epoch with a new order, which depends on
// the epoch's number and on two numbers drawn from rng in this call: neither
// on other uses of rng nor on how far an earlier epoch went.
//
// The tensors of a batch are valid until the next one is asked for, and only to
// be read: they are used again, and an epoch allocates nothing per batch. Large
// batches are gathered by all cores together, others by a core that has nothing
// to do while the batch before is in use; the values do not depend on it. All
// examples at once are gathered once, in the first epoch, unless they are
// [Dataset.Augmented].
//
// It panics with an [*autodiff.Error] if d is nil, or if it needs rng and that is
// nil.
func (d *Dataset) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	mustBe("datasets.Minibatches", d)
	return d.epochs(size, d.drawn("datasets.Minibatches", size, rng))
}

// MinibatchesPart returns of each batch of [Dataset.Minibatches], which has n rows,
// those from ⌈part·n/parts⌉ to ⌈(part+1)·n/parts⌉ − 1, and gathers no others: what one
// of several processes that train together takes. A part may have no rows.
//
// It panics with an [*autodiff.Error] where Minibatches does, and if there is no such
// part.
func (d *Dataset) MinibatchesPart(size int, rng *rand.Rand, part, parts int) iter.Seq[autodiff.Batch] {
	mustBe("datasets.MinibatchesPart", d)
	if part < 0 || part >= parts {
		autodiff.Fail("datasets.MinibatchesPart", fmt.Sprintf("there is no part %d of %d", part, parts))
	}
	l := d.drawn("datasets.MinibatchesPart", size, rng)
	l.part, l.parts = part, parts
	return d.epochs(size, l)
}

// drawn returns the loader of random orders.
func (d *Dataset) drawn(name string, size int, rng *rand.Rand) *loader {
	switch all := size < 1 || size >= d.Len(); {
	case d.balance != nil:
		return d.sampled(name, rng)
	case all:
		return &loader{augmented: d.augmentation != nil, fixed: d.augmentation == nil, order: d.inOrder}
	}
	a, b := seeds(name, rng)
	return &loader{augmented: true, whole: d.whole, order: func(epoch uint64, rows []int) {
		copy(rows, d.index)
		shuffle(rows, rand.New(rand.NewPCG(a, b+epoch)))
	}}
}

// Consecutive is [Dataset.Minibatches] without shuffling: batches of size
// examples as they follow each other, the same in every epoch, all of them and
// without augmentation. It panics with an [*autodiff.Error] if d is nil.
func (d *Dataset) Consecutive(size int) iter.Seq[autodiff.Batch] {
	mustBe("datasets.Consecutive", d)
	return d.epochs(size, &loader{fixed: true, order: d.inOrder})
}

// Sampled is [Dataset.Minibatches] with replacement: each place in a batch goes
// to an example drawn independently of all others. An epoch has as many places
// as there are examples, so some examples are missing from it and some occur
// more than once. It panics with an [*autodiff.Error] if d or rng is nil.
func (d *Dataset) Sampled(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	mustBe("datasets.Sampled", d)
	return d.epochs(size, d.sampled("datasets.Sampled", rng))
}

func (d *Dataset) sampled(name string, rng *rand.Rand) *loader {
	a, b := seeds(name, rng)
	groups := [][]int{d.index}
	if d.balance != nil {
		groups = byClass(d.index, d.balance)
	}
	return &loader{augmented: true, whole: d.whole, order: func(epoch uint64, rows []int) {
		draw := rand.New(rand.NewPCG(a, b+epoch))
		for i := range rows {
			group := groups[0]
			if len(groups) > 1 {
				group = groups[draw.IntN(len(groups))]
			}
			rows[i] = group[draw.IntN(len(group))]
		}
	}}
}

// WholeBatches returns d with minibatches, also those of [Dataset.Sampled], that all
// have the same size: a smaller last one is left out. The examples in it are others
// in every epoch.
func (d *Dataset) WholeBatches() *Dataset {
	mustBe("datasets.WholeBatches", d)
	v := *d
	v.whole = true
	return &v
}

// ClassBalanced returns d with minibatches, also those of [Dataset.Sampled], in which
// every place goes to a class drawn evenly among those that have examples, and to an
// example drawn evenly among those of the class. An epoch has as many places as there
// are examples. It is an error if d has no labels.
func (d *Dataset) ClassBalanced() (*Dataset, error) {
	if err := d.made("ClassBalanced"); err != nil {
		return nil, err
	}
	if d.labels == nil {
		return nil, errors.New("datasets: ClassBalanced: the examples have no labels")
	}
	v := *d
	v.balance = d.labels
	return &v, nil
}

func (d *Dataset) inOrder(_ uint64, rows []int) { copy(rows, d.index) }

// seeds draws the two numbers that the epochs of a sequence depend on.
func seeds(name string, rng *rand.Rand) (a, b uint64) {
	if rng == nil {
		autodiff.Fail(name, "the generator of random numbers is nil; make one with rand.New")
	}
	return rng.Uint64(), rng.Uint64()
}

// epochs returns the sequence of batches of a loader.
func (d *Dataset) epochs(size int, l *loader) iter.Seq[autodiff.Batch] {
	if size < 1 || size > d.Len() {
		size = d.Len()
	}
	l.data, l.size = d, size
	return l.epoch
}

// A loader delivers the minibatches of one epoch after another.
type loader struct {
	data      *Dataset
	size      int
	order     func(epoch uint64, rows []int) // sets rows to the stored rows of an epoch
	fixed     bool                           // every epoch is the same
	augmented bool                           // as far as the data is
	whole     bool                           // leaves out a smaller last batch

	part, parts int // of each batch, the part that is delivered; 0 parts are 1

	mu    sync.Mutex
	next  uint64 // number of the next epoch
	spare *desk  // of the last epoch that ended
}

// Batches of so many elements are gathered ahead. Smaller ones are full before
// another core has begun, and steps of a linear model on larger ones leave no core
// free. Images that are moved take four times as long to gather, but are for
// convolutions, whose steps have time for it.
const (
	minAhead      = 1 << 13
	maxAhead      = 1 << 19
	maxAheadMoved = 1 << 23
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
	d.gatherer.setEpoch(number)
	d.turns = len(d.full)
	if runtime.GOMAXPROCS(0) == 1 {
		d.turns = 1
	}
	defer d.gatherer.ahead.Stop()
	for i := range l.batches() {
		b := l.batch(d, i)
		d.complete = l.fixed && l.size == len(d.rows)
		if !yield(b) {
			return
		}
	}
}

// batches returns the number of batches in an epoch.
func (l *loader) batches() int {
	n := l.data.Len()
	if l.whole {
		return n / l.size
	}
	return (n + l.size - 1) / l.size
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
	if i+1 < l.batches() {
		d.gatherer.start(l.place(d, i+1))
	}
	return b
}

// place returns where to gather the i-th batch of an epoch, and its rows.
func (l *loader) place(d *desk, i int) (autodiff.Batch, []int) {
	rows := d.rows[i*l.size:]
	if n := len(rows); n < l.size {
		return d.last, rows[l.first(n, 0):l.first(n, 1)]
	}
	return d.full[i%d.turns], rows[l.first(l.size, 0):l.first(l.size, 1)]
}

// first returns the first of n rows that this part delivers, or, for next 1, the next
// one.
func (l *loader) first(n, next int) int {
	parts := max(l.parts, 1)
	return ((l.part+next)*n + parts - 1) / parts
}

// share returns how many of n rows this part delivers.
func (l *loader) share(n int) int { return l.first(n, 1) - l.first(n, 0) }

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
	d := &desk{rows: make([]int, n), gatherer: newGatherer(l.data, l.augmented)}
	for range l.turns(n / l.size) {
		d.full = append(d.full, l.data.room(l.share(l.size)))
	}
	if rest := n % l.size; rest > 0 && !l.whole {
		d.last = l.data.room(l.share(rest))
	}
	return d
}

// turns is the number of tensors to fill in turn with so many batches: one where
// they are not gathered ahead.
func (l *loader) turns(batches int) int {
	size, most := l.share(l.size)*l.data.columns(), maxAhead
	if l.augmented && l.data.augmentation != nil || l.data.viewed != nil {
		most = maxAheadMoved
	}
	if size < minAhead || size > most {
		return 1
	}
	return min(batches, max(2, min(maxRotated, rotated/size)))
}

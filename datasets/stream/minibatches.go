package stream

import (
	"errors"
	"iter"
	"math/rand/v2"
	"sync"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// Minibatches returns the examples in random order, size at a time, each once, the
// last batch smaller: every example that is read takes the place of one drawn from
// the window, which goes to the batch. An epoch's order depends on its number and on
// two numbers drawn from rng in this call. A size below 1, or above Len, takes all at
// once, in their order, and the memory for it. The tensors of a batch are valid until
// the next one is asked for. Minibatches panics with an [*autodiff.Error] if it needs
// rng and that is nil.
func (t *Table) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 || size >= t.Len() {
		return t.Consecutive(size)
	}
	if rng == nil {
		autodiff.Fail("stream.Minibatches", "the generator of random numbers is nil; make one with rand.New")
	}
	a, b := rng.Uint64(), rng.Uint64()
	var mu sync.Mutex
	epoch := uint64(0)
	return func(yield func(autodiff.Batch) bool) {
		mu.Lock()
		order := rand.New(rand.NewPCG(a, b+epoch))
		epoch++
		mu.Unlock()
		t.walk(size, &window{room: t.window, rng: order}, yield)
	}
}

// Consecutive returns the examples in their order, size at a time, or all at once for
// a size below 1.
func (t *Table) Consecutive(size int) iter.Seq[autodiff.Batch] {
	if size < 1 || size > t.Len() {
		size = t.Len()
	}
	return func(yield func(autodiff.Batch) bool) { t.walk(size, new(window), yield) }
}

// errStopped ends the reading when nobody asks for more.
var errStopped = errors.New("stopped")

// walk reads the file through a window.
func (t *Table) walk(size int, w *window, yield func(autodiff.Batch) bool) {
	if t.Len() == 0 {
		return
	}
	out := &batcher{size: size, yield: yield}
	err := t.each(func(d *datasets.Dataset) error {
		d, err := t.through(d)
		if err != nil {
			return err
		}
		b, err := d.All()
		if err != nil {
			return err
		}
		for e := range examples(b) {
			if e, full := w.exchange(e); full && !out.add(e) {
				return errStopped
			}
		}
		return nil
	})
	if err == nil && w.empty(out) {
		out.flush()
	}
	if err != nil && !errors.Is(err, errStopped) {
		t.failed.set(err)
	}
}

// through returns a block after all steps.
func (t *Table) through(d *datasets.Dataset) (_ *datasets.Dataset, err error) {
	for _, f := range t.steps {
		if d, err = f(d); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// An example is one row of a batch.
type example struct {
	x      []float32
	label  int
	target []float32 // nil where there are labels
}

// examples returns the rows of a batch.
func examples(b autodiff.Batch) iter.Seq[example] {
	n := b.X.Shape()[0]
	x := b.X.Float32s()
	return func(yield func(example) bool) {
		for i := range n {
			e := example{x: x[i*len(x)/n : (i+1)*len(x)/n]}
			if b.Y.Dtype() == tensor.Int {
				e.label = b.Y.Ints()[i]
			} else {
				e.target = b.Y.Float32s()[i : i+1]
			}
			if !yield(e) {
				return
			}
		}
	}
}

// A window holds examples, of which one leaves for each that comes once it is full.
// Without room all pass through.
type window struct {
	room int
	rng  *rand.Rand
	held []example

	left example // the last that was replaced, whose memory is used again
}

// exchange takes an example and returns one that leaves, if any does. What it returns
// is valid until the next call.
func (w *window) exchange(e example) (leaving example, full bool) {
	switch {
	case w.room == 0:
		return e, true
	case len(w.held) < w.room:
		w.held = append(w.held, e.clone(example{}))
		return e, false
	}
	i := w.rng.IntN(w.room)
	w.left, w.held[i] = w.held[i], e.clone(w.left)
	return w.left, true
}

// clone returns an example that does not keep a whole block in memory, but may take
// that of room.
func (e example) clone(room example) example {
	e.x = append(room.x[:0], e.x...)
	if e.target != nil {
		e.target = append(room.target[:0], e.target...)
	}
	return e
}

// empty gives what is held to a batcher, in random order, and reports whether it took
// all.
func (w *window) empty(to *batcher) bool {
	if w.rng != nil {
		w.rng.Shuffle(len(w.held), func(i, j int) { w.held[i], w.held[j] = w.held[j], w.held[i] })
	}
	for _, e := range w.held {
		if !to.add(e) {
			return false
		}
	}
	return true
}

// A batcher makes batches of examples.
type batcher struct {
	size    int
	yield   func(autodiff.Batch) bool
	n       int
	x       []float32
	labels  []int
	targets []float32
}

// add takes an example, and reports whether more are wanted.
func (b *batcher) add(e example) bool {
	b.x = append(b.x, e.x...)
	if e.target != nil {
		b.targets = append(b.targets, e.target...)
	} else {
		b.labels = append(b.labels, e.label)
	}
	b.n++
	return b.n < b.size || b.flush()
}

// flush yields what there is, and reports whether more is wanted.
func (b *batcher) flush() bool {
	if b.n == 0 {
		return true
	}
	batch := autodiff.Batch{X: tensor.New(tensor.WithShape(b.n, len(b.x)/b.n), tensor.WithBacking(b.x))}
	if b.targets != nil {
		batch.Y = tensor.New(tensor.WithShape(b.n), tensor.WithBacking(b.targets))
	} else {
		batch.Y = tensor.New(tensor.WithShape(b.n), tensor.WithBacking(b.labels))
	}
	more := b.yield(batch)
	*b = batcher{size: b.size, yield: b.yield, x: b.x[:0], labels: b.labels[:0], targets: b.targets[:0]}
	return more
}

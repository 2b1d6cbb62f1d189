package sparse

import (
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sync"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// Batch returns the examples with the given indices as new tensors: X of shape (n, 0),
// the features as [autodiff.SparseMore] describes them, and Y the classes, (n) of type
// Int, the targets, (n), or nil.
//
// It is an error if there are no indices or one is not from 0 to Len − 1.
func (x *Examples) Batch(indices ...int) (autodiff.Batch, error) {
	rows := make([]int, len(indices))
	for k, i := range indices {
		if i < 0 || i >= x.Len() {
			return autodiff.Batch{}, fmt.Errorf("sparse: Batch: index %d is not an example, want 0 to %d", i, x.Len()-1)
		}
		rows[k] = x.index[i]
	}
	if len(rows) == 0 {
		return autodiff.Batch{}, errors.New("sparse: Batch: a batch needs at least one example")
	}
	return x.batch(rows, false), nil
}

// All returns all examples in their order as one batch. It is an error if there are
// none.
func (x *Examples) All() (autodiff.Batch, error) {
	if x.Len() == 0 {
		return autodiff.Batch{}, errors.New("sparse: All: there are no examples")
	}
	return x.batch(x.index, false), nil
}

// Minibatches returns the examples in random order, size at a time, each once, the
// last batch smaller: every range is an epoch in a new order, which depends on the
// epoch's number and on two numbers drawn from rng in this call. A size below 1, or
// above Len, takes all at once, in their order. It panics with an [*autodiff.Error]
// if it needs rng and that is nil.
//
// A program is for batches of one form, so the stored features of a batch are filled
// up, behind the last row, to one of few numbers.
func (x *Examples) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	if size < 1 || size >= x.Len() {
		return x.Consecutive(size)
	}
	if rng == nil {
		autodiff.Fail("sparse.Minibatches", "the generator of random numbers is nil; make one with rand.New")
	}
	a, b := rng.Uint64(), rng.Uint64()
	var next sync.Mutex
	epoch := uint64(0)
	return func(yield func(autodiff.Batch) bool) {
		next.Lock()
		order := rand.New(rand.NewPCG(a, b+epoch))
		epoch++
		next.Unlock()
		index := slices.Clone(x.index)
		order.Shuffle(len(index), func(i, j int) { index[i], index[j] = index[j], index[i] })
		x.walk(index, size, yield)
	}
}

// Consecutive returns the examples in their order, size at a time, or all at once for
// a size below 1.
func (x *Examples) Consecutive(size int) iter.Seq[autodiff.Batch] {
	if size < 1 || size > x.Len() {
		size = x.Len()
	}
	return func(yield func(autodiff.Batch) bool) {
		if x.Len() > 0 {
			x.walk(x.index, size, yield)
		}
	}
}

func (x *Examples) walk(index []int, size int, yield func(autodiff.Batch) bool) {
	for rows := range slices.Chunk(index, size) {
		if !yield(x.batch(rows, len(rows) < x.Len())) {
			return
		}
	}
}

// batch returns stored rows as a batch, filled up to a form that others have, too.
func (x *Examples) batch(rows []int, filled bool) autodiff.Batch {
	n := 0
	for _, i := range rows {
		from, to := x.rows.span(i)
		n += to - from
	}
	room := n
	if filled {
		room = roundUp(n)
	}
	values, columns, ends := make([]float64, 0, room), make([]int, 0, room), make([]int, 0, len(rows))
	for _, i := range rows {
		from, to := x.rows.span(i)
		values = append(values, x.rows.Values[from:to]...)
		for _, c := range x.rows.Columns[from:to] {
			columns = append(columns, int(c))
		}
		ends = append(ends, len(values))
	}
	v := dense.New(x.precision(), []int{room}, values[:room])
	return autodiff.Batch{
		X: dense.Zeros(x.precision(), len(rows), 0), Y: x.truth(rows),
		More: autodiff.SparseMore(v, ints(columns[:room]), ints(ends)),
	}
}

// roundUp returns the next number of which three bits at most are not 0.
func roundUp(n int) int {
	step := 1 << max(0, bits.Len(uint(n))-3)
	return (n + step - 1) / step * step
}

func (x *Examples) precision() tensor.Dtype {
	if x.double {
		return tensor.Float64
	}
	return tensor.Float32
}

// truth returns the classes or the targets of stored rows, or nil.
func (x *Examples) truth(rows []int) *tensor.Dense {
	switch {
	case x.labels != nil:
		labels := make([]int, len(rows))
		for k, i := range rows {
			labels[k] = x.labels[i]
		}
		return ints(labels)
	case x.targets != nil:
		targets := make([]float64, len(rows))
		for k, i := range rows {
			targets[k] = x.targets[i]
		}
		return dense.New(x.precision(), []int{len(rows)}, targets)
	}
	return nil
}

func ints(v []int) *tensor.Dense { return dense.Wrap(autodiff.Shape{len(v)}, v) }

package search

import (
	"fmt"
	"iter"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// pieceRows is how many examples are evaluated at a time, so that their scores
// by all candidates stay in the cache.
const pieceRows = 1024

// pieces returns a batch in pieces of at most pieceRows examples, which share
// its memory. It is an error if the batch has not as many targets as examples.
func pieces(b autodiff.Batch) (iter.Seq[autodiff.Batch], error) {
	if err := record.Check(b); err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if len(b.More) > 0 {
		return nil, fmt.Errorf("search: the batch has a further value %q, which a step cannot cut into pieces; use Try", b.More[0].Name)
	}
	n := record.Size(b)
	if b.Y != nil && b.Y.Dims() > 0 && b.Y.Shape()[0] != n {
		return nil, fmt.Errorf("search: targets of shape %v: there are %d for %d examples", b.Y.Shape(), b.Y.Shape()[0], n)
	}
	return func(yield func(autodiff.Batch) bool) {
		for from := 0; from < n; from += pieceRows {
			to := min(from+pieceRows, n)
			if !yield(autodiff.Batch{X: rows(b.X, from, to), Y: rows(b.Y, from, to)}) {
				return
			}
		}
	}, nil
}

// rows returns the rows from … to−1 of v, in its memory.
func rows(v *tensor.Dense, from, to int) *tensor.Dense {
	if v == nil || v.Dims() == 0 {
		return v
	}
	shape := append([]int{to - from}, v.Shape()[1:]...)
	size := v.Shape().TotalSize() / v.Shape()[0]
	switch v.Dtype() {
	case tensor.Int:
		return dense.Wrap(shape, v.Ints()[from*size:to*size])
	case tensor.Float32:
		return dense.Wrap(shape, v.Float32s()[from*size:to*size])
	}
	return dense.Wrap(shape, v.Float64s()[from*size:to*size])
}

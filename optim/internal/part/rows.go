// Package part divides batches among ranks, and lets the ranks agree.
//
// Rank r of k has the rows ⌈r·n/k⌉ to ⌈(r+1)·n/k⌉ − 1 of a batch of n: [Rows] and [Of] take
// them, [Whole] puts them together again. [Sum], [Same], [Value] and
// [All] are what ranks tell each other outside of steps.
package part

import (
	"iter"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// First returns the first row of a part of n rows.
func First(n, part, parts int) int { return (part*n + parts - 1) / parts }

// Of takes the rows of one part of every batch.
func Of(batches iter.Seq[autodiff.Batch], part, parts int) iter.Seq[autodiff.Batch] {
	return func(yield func(autodiff.Batch) bool) {
		for b := range batches {
			n := record.Size(b)
			if !yield(Rows(b, First(n, part, parts), First(n, part+1, parts))) {
				return
			}
		}
	}
}

// Rows returns some rows of a batch, which share its memory. Further values that have
// no row for every example stay whole.
func Rows(b autodiff.Batch, from, to int) autodiff.Batch {
	n := record.Size(b)
	take := func(v *tensor.Dense) *tensor.Dense {
		if !divided(v, n) {
			return v
		}
		return rows(v, from, to)
	}
	part := autodiff.Batch{X: take(b.X), Y: take(b.Y)}
	for _, m := range b.More {
		part.More = append(part.More, autodiff.Named{Name: m.Name, Value: take(m.Value)})
	}
	return part
}

// divided reports whether v has a row for each of n examples.
func divided(v *tensor.Dense, n int) bool { return v != nil && v.Dims() > 0 && v.Shape()[0] == n }

func rows(v *tensor.Dense, from, to int) *tensor.Dense {
	shape := v.Shape().Clone()
	each := v.Shape().TotalSize() / max(shape[0], 1)
	shape[0] = to - from
	switch v.Dtype() {
	case tensor.Int:
		return dense.Wrap(shape, v.Ints()[from*each:to*each])
	case tensor.Float32:
		return dense.Wrap(shape, v.Float32s()[from*each:to*each])
	}
	return dense.Wrap(shape, v.Float64s()[from*each:to*each])
}

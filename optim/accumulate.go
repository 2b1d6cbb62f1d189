package optim

import (
	"fmt"
	"iter"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/internal/record"
)

// Accumulate returns a sequence in which every k batches are one, for data whose
// batches have a size of their own. A step on it has the bits of one on a batch k times
// as large, because it is one. The last batch is of what is left, and so is one before a
// batch of another form: other lengths of an example, precisions or names. A further
// value of the batches without an axis of examples is that of the last of them.
//
// That costs the memory of the inputs only: a program computes a batch of any size some
// rows at a time and adds up the gradients, unless something in it needs all rows at
// once, such as statistics of a batch. These are then, and can only be, those of the
// large batch.
//
// It panics with an [*autodiff.Error] if k is below 1 or batches is nil. A batch is
// valid until the next one is asked for.
func Accumulate(batches iter.Seq[autodiff.Batch], k int) iter.Seq[autodiff.Batch] {
	switch {
	case k < 1:
		autodiff.Fail("optim.Accumulate", fmt.Sprintf("%d batches are no batch, want 1 or more", k))
	case batches == nil:
		autodiff.Fail("optim.Accumulate", "the sequence of batches is nil")
	case k == 1:
		return batches
	}
	return func(yield func(autodiff.Batch) bool) {
		var j joined
		for b := range batches {
			if record.Check(b) != nil { // whoever takes the batch says why it cannot
				if !j.flush(yield) || !yield(b) {
					return
				}
				continue
			}
			if !j.takes(b) && !j.flush(yield) {
				return
			}
			j.add(b)
			if j.batches == k && !j.flush(yield) {
				return
			}
		}
		j.flush(yield)
	}
}

// joined is a batch in the making.
type joined struct {
	batches, examples int
	columns           []column // X, Y and further values, in the order of a batch
}

// A column is one value of all batches.
type column struct {
	name     string
	absent   bool // there is no X, or no Y
	dtype    tensor.Dtype
	rest     []int // the shape of an example, or of the value if that is not one of examples
	whole    bool  // it has no axis of examples
	float32s []float32
	float64s []float64
	ints     []int
}

// columnsOf returns the values of a batch, without their elements.
func columnsOf(b autodiff.Batch) []column {
	n := record.Size(b)
	columns := []column{columnOf("", b.X, n), columnOf("", b.Y, n)}
	for _, m := range b.More {
		columns = append(columns, columnOf(m.Name, m.Value, n))
	}
	return columns
}

func columnOf(name string, v *tensor.Dense, examples int) column {
	if v == nil {
		return column{name: name, absent: true}
	}
	c := column{name: name, dtype: v.Dtype(), rest: v.Shape().Clone()}
	if c.whole = v.Dims() == 0 || v.Shape()[0] != examples; !c.whole {
		c.rest = c.rest[1:]
	}
	return c
}

// takes reports whether a batch has the form of those that have been added.
func (j *joined) takes(b autodiff.Batch) bool {
	return j.batches == 0 || slices.EqualFunc(j.columns, columnsOf(b), func(a, b column) bool {
		return a.name == b.name && a.absent == b.absent && a.dtype == b.dtype && a.whole == b.whole && slices.Equal(a.rest, b.rest)
	})
}

func (j *joined) add(b autodiff.Batch) {
	if j.batches == 0 {
		fresh := columnsOf(b)
		for i := range min(len(fresh), len(j.columns)) { // the memory serves again
			old := j.columns[i]
			fresh[i].float32s, fresh[i].float64s, fresh[i].ints = old.float32s[:0], old.float64s[:0], old.ints[:0]
		}
		j.columns = fresh
	}
	j.columns[0].add(b.X)
	j.columns[1].add(b.Y)
	for i, m := range b.More {
		j.columns[2+i].add(m.Value)
	}
	j.batches++
	j.examples += record.Size(b)
}

func (c *column) add(v *tensor.Dense) {
	if c.absent {
		return
	}
	if c.whole {
		c.float32s, c.float64s, c.ints = c.float32s[:0], c.float64s[:0], c.ints[:0]
	}
	switch c.dtype {
	case tensor.Int:
		c.ints = append(c.ints, v.Ints()...)
	case tensor.Float32:
		c.float32s = append(c.float32s, dense.Memory[float32](v)...)
	default:
		c.float64s = append(c.float64s, dense.Memory[float64](v)...)
	}
}

// flush yields what has been added, if anything has, and begins anew.
func (j *joined) flush(yield func(autodiff.Batch) bool) bool {
	if j.batches == 0 {
		return true
	}
	b := autodiff.Batch{X: j.columns[0].value(j.examples), Y: j.columns[1].value(j.examples)}
	for _, c := range j.columns[2:] {
		b.More = append(b.More, autodiff.Named{Name: c.name, Value: c.value(j.examples)})
	}
	j.batches, j.examples = 0, 0
	return yield(b)
}

// value returns the column as a tensor.
func (c column) value(examples int) *tensor.Dense {
	if c.absent {
		return nil
	}
	shape := c.rest
	if !c.whole {
		shape = append([]int{examples}, c.rest...)
	}
	switch c.dtype {
	case tensor.Int:
		return dense.Wrap(shape, c.ints)
	case tensor.Float32:
		return dense.Wrap(shape, c.float32s)
	}
	return dense.Wrap(shape, c.float64s)
}

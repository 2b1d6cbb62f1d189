package datasets

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A further value is what batches hold under a name of its own: indices, numbers, or
// the features of another data set.
type further struct {
	name    string
	indices []int     // one for each stored row, or nil
	values  []float64 // of each stored row, or nil
	shape   autodiff.Shape
	input   *Dataset // or nil
	rows    []int    // the stored row of input for each stored row
}

// WithValues returns d with a further value in its batches, [autodiff.Batch].More,
// under a name: the weight of every example, a mask. Of example i it is the i-th
// group of numbers of the given shape, a single number if there is none, as for
// [Dataset.WithTargets]. Transforms and augmentations leave it alone. The slice is
// copied; a loss finds the value by [autodiff.Graph.Given].
//
// It is an error if the shape has no elements, if values holds another number of
// groups than d has examples, or if the name is empty, in use, or "x", "y" or "step",
// which a loss finds already.
func (d *Dataset) WithValues(name string, values []float64, shape ...int) (*Dataset, error) {
	if err := d.checkName("WithValues", name); err != nil {
		return nil, err
	}
	stored, s, err := d.storedNumbers("WithValues", values, shape)
	if err != nil {
		return nil, err
	}
	return d.with(further{name: name, values: stored, shape: s}), nil
}

// WithIndices is [Dataset.WithValues] for a class, or another number from 0 up, of
// each example: what [autodiff.Node.Pick] and [autodiff.Node.OneHot] take.
//
// It is an error if there are more or fewer than examples, if one is negative, or if
// the name is one that WithValues refuses.
func (d *Dataset) WithIndices(name string, indices []int) (*Dataset, error) {
	if err := d.checkName("WithIndices", name); err != nil {
		return nil, err
	}
	if len(indices) != d.Len() {
		return nil, fmt.Errorf("datasets: WithIndices: %d indices for %d examples", len(indices), d.Len())
	}
	stored := make([]int, d.store.rows())
	for i, index := range indices {
		if index < 0 {
			return nil, fmt.Errorf("datasets: WithIndices: index %d of example %d is negative", index, i)
		}
		stored[d.index[i]] = index
	}
	return d.with(further{name: name, indices: stored}), nil
}

// WithInput is [Dataset.WithValues] for the second input of a model with two: with
// example i of d goes example i of other, a row of shape (Features), under the
// transforms that other has, in the precision of d. If other is augmented with
// the seed of d and stores its images in the same order, both change alike, as an
// image and its mask should.
//
// It is an error if other is nil or of another length, or if the name is one that
// WithValues refuses.
func (d *Dataset) WithInput(name string, other *Dataset) (*Dataset, error) {
	if err := d.checkName("WithInput", name); err != nil {
		return nil, err
	}
	if err := other.made("WithInput"); err != nil {
		return nil, err
	}
	if other.Len() != d.Len() {
		return nil, fmt.Errorf("datasets: WithInput: %d examples of %q for %d examples", other.Len(), name, d.Len())
	}
	rows := make([]int, d.store.rows())
	for i, row := range d.index {
		rows[row] = other.index[i]
	}
	return d.with(further{name: name, input: other, rows: rows}), nil
}

func (d *Dataset) checkName(caller, name string) error {
	if err := d.made(caller); err != nil {
		return err
	}
	taken := []string{"", "x", "y", "step"}
	for _, f := range d.more {
		taken = append(taken, f.name)
	}
	if slices.Contains(taken, name) {
		return fmt.Errorf("datasets: %s: a further value cannot have the name %q, want another than %q", caller, name, taken)
	}
	return nil
}

func (d *Dataset) with(f further) *Dataset {
	v := *d
	v.more = append(slices.Clip(d.more), f)
	return &v
}

// columns returns how many numbers a batch has for each example, but for Y.
func (d *Dataset) columns() int {
	n := d.Features()
	for _, f := range d.more {
		switch {
		case f.input != nil:
			n += f.input.Features()
		case f.values != nil:
			n += f.shape.Size()
		}
	}
	return n
}

// room returns a tensor for the values of n examples of d.
func (f further) room(d *Dataset, n int) *tensor.Dense {
	switch {
	case f.indices != nil:
		return indices(n)
	case f.values != nil:
		return d.floats(append([]int{n}, f.shape...)...)
	}
	in := *f.input
	in.double = d.double
	return in.roomForX(n)
}

// taken returns the value of the stored rows in index, renumbered.
func (f further) taken(index []int) further {
	f.indices, f.rows = taken(f.indices, 1, index), taken(f.rows, 1, index)
	f.values = taken(f.values, f.shape.Size(), index)
	return f
}

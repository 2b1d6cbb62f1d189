package datasets

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"declive/autodiff"
	"declive/datasets/internal/brief"
)

// Len returns the number of examples, 0 of a nil data set.
func (d *Dataset) Len() int { return len(d.orEmpty().index) }

// Shape returns the shape of one example: (3, 32, 32) for CIFAR-10. A batch
// has it flattened to a row.
func (d *Dataset) Shape() autodiff.Shape { return slices.Clone(d.orEmpty().shape) }

// Features returns the number of columns of a batch: the size of an example
// and, under WithBias, one more.
func (d *Dataset) Features() int {
	switch {
	case unmade(d):
		return 0
	case d.bias:
		return d.store.width() + 1
	}
	return d.store.width()
}

// FeatureNames returns the names of the columns of a batch, or nil if they have
// none. What [Dataset.WithBias] adds is "bias".
func (d *Dataset) FeatureNames() []string {
	if d = d.orEmpty(); d.names == nil || !d.bias {
		return slices.Clone(d.names)
	}
	return append(slices.Clone(d.names), "bias")
}

// Notes returns what was guessed or left out when the examples were read, a
// sentence each.
func (d *Dataset) Notes() []string { return slices.Clone(d.orEmpty().notes) }

// Classes returns the names of the classes, or nil if d has no labels.
func (d *Dataset) Classes() []string { return slices.Clone(d.orEmpty().classes) }

// Labels returns the class of each example, or nil if d has none.
func (d *Dataset) Labels() []int {
	if d.orEmpty().labels == nil {
		return nil
	}
	labels := make([]int, d.Len())
	for i, row := range d.index {
		labels[i] = d.labels[row]
	}
	return labels
}

// Targets returns the targets of the examples one after another, or nil if d
// has none.
func (d *Dataset) Targets() []float64 {
	if d.orEmpty().targets == nil {
		return nil
	}
	size := d.targetShape.Size()
	targets := make([]float64, 0, size*d.Len())
	for _, row := range d.index {
		targets = append(targets, d.targets[row*size:(row+1)*size]...)
	}
	return targets
}

// String describes d in a few lines: how many examples there are and of what shape,
// their classes with the number of each, or the range of their targets, the names of
// features and further values.
func (d *Dataset) String() string {
	if unmade(d) {
		return "no data set"
	}
	lines := []string{fmt.Sprintf("%s of shape %v, %s", counted(d.Len(), "example"), d.shape, d.storage())}
	switch {
	case d.labels != nil:
		lines = append(lines, d.classCounts())
	case d.targets != nil:
		lines = append(lines, d.targetRange())
	}
	if d.names != nil {
		lines = append(lines, "features "+brief.List(d.FeatureNames()))
	}
	for _, f := range d.more {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// storage says how numbers are kept and given.
func (d *Dataset) storage() string {
	text := ""
	switch d.store.(type) {
	case matrix[uint8]:
		text = "kept as uint8, "
	case matrix[float32]:
		text = "kept as float32, "
	case matrix[float64]:
		text = "kept as float64, "
	}
	text += "in batches of float32"
	if d.double {
		text = strings.TrimSuffix(text, "32") + "64"
	}
	if !d.affine.double.identity {
		text += " under transforms"
	}
	if d.bias {
		text += " with a bias"
	}
	if d.augmentation != nil {
		text += ", augmented in minibatches"
	}
	return text
}

// listed is how many classes a summary names.
const listed = 12

// classCounts lists the classes with the number of examples in each.
func (d *Dataset) classCounts() string {
	n := make([]int, len(d.classes))
	for _, row := range d.index {
		n[d.labels[row]]++
	}
	var parts []string
	for i, class := range d.classes[:min(listed, len(n))] {
		parts = append(parts, fmt.Sprintf("%s (%d)", brief.Text(class, 20), n[i]))
	}
	if more := len(n) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("… %d more", more))
	}
	what := fmt.Sprintf("%d classes", len(n))
	if len(n) == 1 {
		what = "1 class"
	}
	return what + ": " + strings.Join(parts, ", ")
}

// targetRange says what shape the targets have, and from what to what they go.
func (d *Dataset) targetRange() string {
	text := "targets of shape " + d.targetShape.String()
	least, most := math.Inf(1), math.Inf(-1)
	size := d.targetShape.Size()
	for _, row := range d.index {
		for _, v := range d.targets[row*size : (row+1)*size] {
			least, most = min(least, v), max(most, v)
		}
	}
	if d.Len() > 0 {
		text += fmt.Sprintf(", %.4g to %.4g", least, most)
	}
	return text
}

// String describes what a batch has of f for each example.
func (f further) String() string {
	what := "indices"
	switch {
	case f.values != nil:
		what = fmt.Sprintf("numbers of shape %v", f.shape)
	case f.input != nil:
		what = fmt.Sprintf("the features of %s of shape %v", counted(f.input.Len(), "example"), f.input.shape)
	}
	return fmt.Sprintf("and %q: %s", f.name, what)
}

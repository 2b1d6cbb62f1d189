package datasets

import (
	"fmt"
	"slices"
	"strings"

	"declive/datasets/internal/brief"
)

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
	if all := d.Targets(); len(all) > 0 {
		text += fmt.Sprintf(", %.4g to %.4g", slices.Min(all), slices.Max(all))
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

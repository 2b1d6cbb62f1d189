package record

import (
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A Cache keeps one P for each form of batch that it has seen: two batches have
// the same form if their tensors have the same shapes, and both labels or both
// targets, and further values of the same names.
type Cache[P any] struct {
	build   func(b autodiff.Batch) (P, error)
	entries []entry[P]
}

// NewCache returns an empty cache of what build makes for batches like b.
func NewCache[P any](build func(b autodiff.Batch) (P, error)) Cache[P] {
	return Cache[P]{build: build}
}

type entry[P any] struct {
	x, y   autodiff.Shape // nil for none
	labels bool
	more   []form
	value  P
}

// A form is the form of a batch's further value.
type form struct {
	name   string
	shape  autodiff.Shape
	labels bool
}

func formOf(m autodiff.Named) form {
	return form{m.Name, shape(m.Value), m.Value.Dtype() == tensor.Int}
}

// like reports whether m has the form f.
func (f form) like(m autodiff.Named) bool {
	return f.name == m.Name && same(f.shape, m.Value) && f.labels == (m.Value.Dtype() == tensor.Int)
}

// For returns the P for batches like b, and makes it at the first of them. What
// fails is tried again.
func (c *Cache[P]) For(b autodiff.Batch) (P, error) {
	for i := range c.entries {
		if e := &c.entries[i]; same(e.x, b.X) && same(e.y, b.Y) && e.labels == labelled(b) && slices.EqualFunc(e.more, b.More, form.like) {
			return e.value, nil
		}
	}
	value, err := c.build(b)
	if err == nil {
		c.entries = append(c.entries, newEntry(b, value))
	}
	return value, err
}

func newEntry[P any](b autodiff.Batch, value P) entry[P] {
	e := entry[P]{x: shape(b.X), y: shape(b.Y), labels: labelled(b), value: value}
	for _, m := range b.More {
		e.more = append(e.more, formOf(m))
	}
	return e
}

func labelled(b autodiff.Batch) bool { return b.Y != nil && b.Y.Dtype() == tensor.Int }

// same reports whether v has the shape s, which is nil for no tensor.
func same(s autodiff.Shape, v *tensor.Dense) bool {
	if s == nil || v == nil {
		return s == nil && v == nil
	}
	return s.Equal(autodiff.Shape(v.Shape()))
}

// shape returns a copy of v's shape, nil for no tensor.
func shape(v *tensor.Dense) autodiff.Shape {
	if v == nil {
		return nil
	}
	return append(autodiff.Shape{}, v.Shape()...)
}

package predict

import (
	"errors"
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/internal/dense"
	"declive/nn"
)

// A Model is a trained layer with what its predictions need beside it.
type Model struct {
	// Layer gives every example of a batch a row of scores, or a single score.
	Layer nn.Layer

	Shape     []int              // of one example; none for a single number
	Transform datasets.Transform // of raw features; the zero Transform changes nothing
	Classes   []string           // their names; nil for numbers
	Features  []string           // their names; nil if they have none
	Schema    *datasets.Schema   // of the table that the features come from; nil if it was none

	// Regression says that the scores are the predicted numbers. Else they are of
	// classes, a single one is of the second of two.
	Regression bool

	// Targets is what a regression's targets went through before training, and the
	// layer's predictions go back through: ŷ = s/Scale + Shift.
	Targets datasets.Transform
}

// maxFeatures bounds what a file can make a program take for one example, and for a
// value that a layer computes of it: 256 MiB.
const maxFeatures = 1 << 26

// check refuses a model without meaning. It returns the precision of the
// parameters, float32 if there are none, and the number of features.
func (m Model) check() (precision tensor.Dtype, features int, err error) {
	if m.Layer == nil {
		return precision, 0, errors.New("the layer is nil")
	}
	features, reason := dense.Size(m.Shape...)
	if reason == "" && features == 0 {
		reason = "no elements"
	}
	if reason == "" && features > maxFeatures {
		reason = fmt.Sprintf("more than %d elements", maxFeatures)
	}
	if reason != "" {
		return precision, 0, fmt.Errorf("examples of shape %v: %s", autodiff.Shape(m.Shape), reason)
	}
	if m.Features != nil && len(m.Features) != features {
		return precision, 0, fmt.Errorf("%d names for %d features", len(m.Features), features)
	}
	if m.Schema != nil && len(m.Schema.FeatureNames()) != features {
		return precision, 0, fmt.Errorf("the schema has %d features, the examples %d", len(m.Schema.FeatureNames()), features)
	}
	if m.Regression && m.Classes != nil {
		return precision, 0, fmt.Errorf("a regression has no classes, but there are %d", len(m.Classes))
	}
	if !m.Regression && !empty(m.Targets) {
		return precision, 0, errors.New("a transform of targets is for regression alone")
	}
	if err := checkTransform(m.Transform, features); err != nil {
		return precision, 0, err
	}
	precision, err = precisionOf(m.Layer)
	return precision, features, err
}

// checkTransform refuses a transform that is none of so many features.
func checkTransform(t datasets.Transform, features int) error {
	if empty(t) {
		return nil
	}
	return t.Check(features)
}

// empty reports whether t is the zero Transform, which changes nothing.
func empty(t datasets.Transform) bool { return t.Shift == nil && t.Scale == nil }

// clone returns a model that shares only the layer with m.
func (m Model) clone() Model {
	m.Schema = m.Schema.Clone()
	m.Shape, m.Classes, m.Features = slices.Clone(m.Shape), slices.Clone(m.Classes), slices.Clone(m.Features)
	m.Transform, m.Targets = copied(m.Transform), copied(m.Targets)
	return m
}

func copied(t datasets.Transform) datasets.Transform {
	return datasets.Transform{Shift: slices.Clone(t.Shift), Scale: slices.Clone(t.Scale)}
}

// params returns the parameters and running statistics of a layer.
func params(l nn.Layer) []*autodiff.Param { return slices.Concat(l.Params(), nn.Statistics(l)) }

// precisionOf returns the one precision of a layer's parameters and running statistics.
func precisionOf(l nn.Layer) (precision tensor.Dtype, err error) {
	defer autodiff.Catch(&err)
	precision = tensor.Float32
	for i, p := range params(l) {
		if err := p.Check(); err != nil {
			return precision, fmt.Errorf("parameter %d: %w", i, err)
		}
		if i > 0 && p.Precision() != precision {
			return precision, fmt.Errorf("parameter %s is %v, those before are %v", p.Name(), p.Precision(), precision)
		}
		precision = p.Precision()
	}
	return precision, nil
}

package predict

import (
	"fmt"
	"slices"

	"declive/autodiff"
	"declive/datasets"
)

// ScoresOf is [Predictor.Scores] of all examples of a data set, of any number. It
// holds raw features: the model's transform comes after those that it has.
//
// Errors are those of Scores, and a data set with another number of features, or with
// as many in another order, such as images with their channels first for a model of
// images with the channels last.
func (p *Predictor) ScoresOf(d *datasets.Dataset) ([]float64, error) {
	if err := p.made(); err != nil {
		return nil, fmt.Errorf("predict: ScoresOf: %w", err)
	}
	return eachOf(p, d, p.scores, "ScoresOf", appendScores)
}

// ProbabilitiesOf is [Predictor.Probabilities] as ScoresOf is Scores.
func (p *Predictor) ProbabilitiesOf(d *datasets.Dataset) ([]float64, error) {
	if err := p.classifies(); err != nil {
		return nil, fmt.Errorf("predict: ProbabilitiesOf: %w", err)
	}
	return eachOf(p, d, p.classes(), "ProbabilitiesOf", appendProbabilities)
}

// ClassesOf is [Predictor.Classes] as ScoresOf is Scores.
func (p *Predictor) ClassesOf(d *datasets.Dataset) ([]int, error) {
	if err := p.classifies(); err != nil {
		return nil, fmt.Errorf("predict: ClassesOf: %w", err)
	}
	return eachOf(p, d, 1, "ClassesOf", appendClass)
}

// eachOf returns what write makes of each example's scores, width elements. Batches
// are in float64, so that a row of the data set and the same numbers in a slice give
// the same scores.
func eachOf[T any](p *Predictor, d *datasets.Dataset, width int, name string, write func(dst []T, scores []float64) ([]T, error)) ([]T, error) {
	if d == nil {
		return nil, fmt.Errorf("predict: %s: the data set is nil", name)
	}
	if want, is := lengths(p.model.Shape), lengths(d.Shape()); len(is) > 1 && len(want) > 1 && !slices.Equal(is, want) && d.Features() == p.features {
		return nil, fmt.Errorf("predict: %s: examples of shape %v, the model is for %v: their numbers lie in another order; "+
			"of images with the channels first, Dataset.Interleaved has them last", name, d.Shape(), autodiff.Shape(p.model.Shape))
	}
	out := make([]T, 0, d.Len()*width)
	for b := range d.Float64().Consecutive(blocks[0]) {
		rows := b.X.Shape()[0]
		if size := b.X.Shape().TotalSize(); size != rows*p.features {
			return nil, fmt.Errorf("predict: %s: examples of shape %v have %d features, want %d", name, d.Shape(), size/rows, p.features)
		}
		var err error
		if out, err = each(p, out, width, b.X.Float64s(), len(out)/width, name, write); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// lengths returns those of the axes that have more than one place.
func lengths(shape []int) []int {
	return slices.DeleteFunc(slices.Clone(shape), func(n int) bool { return n == 1 })
}

package classify

import (
	"errors"
	"iter"
	"math"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/images"
	"declive/datasets/sparse"
	"declive/datasets/stream"
	"declive/nn"
	"declive/optim"
)

// A Part is examples to learn from or to test with: all in memory, with the features
// that are not 0 in memory, or in a file that is read again in every epoch.
type Part interface {
	optim.Data
	Consecutive(size int) iter.Seq[autodiff.Batch]
	Features() int
	Classes() []string // nil where there are values to predict
}

var (
	_ Part = (*datasets.Dataset)(nil)
	_ Part = (*sparse.Examples)(nil)
	_ Part = (*stream.Table)(nil)
	_ Part = (*images.Stream)(nil)
)

// stored returns how many numbers of a part are in memory.
func stored(p Part) int {
	switch p := p.(type) {
	case *datasets.Dataset:
		return p.Len() * p.Features()
	case *sparse.Examples:
		return p.Stored()
	}
	return math.MaxInt
}

// whole returns all of a part that is in memory as one batch in float64.
func whole(p Part) (autodiff.Batch, error) {
	switch p := p.(type) {
	case *datasets.Dataset:
		return p.Float64().All()
	case *sparse.Examples:
		return p.Float64().All()
	}
	return autodiff.Batch{}, errors.New("the examples are not in memory")
}

// first returns the first examples of a part as a batch.
func first(p Part, n int) (autodiff.Batch, error) {
	for b := range p.Consecutive(n) {
		return b, nil
	}
	return autodiff.Batch{}, cutShort(p, errors.New("there are no examples"))
}

// cutShort returns the error at which a sequence of batches of p has ended early, or
// else err, which may come from that.
func cutShort(p Part, err error) error {
	if p, ok := p.(interface{ Err() error }); ok && p.Err() != nil {
		return p.Err()
	}
	return err
}

// labelled reports whether a part says what is right.
func labelled(p Part) bool {
	switch p := p.(type) {
	case *datasets.Dataset:
		return p.Labels() != nil || p.Targets() != nil
	case *sparse.Examples:
		return p.Labels() != nil || p.Targets() != nil
	}
	return true // streams are of labels
}

// fitted returns what the features want before training, where f is that of a data set.
// Sparse features stay as they are: to subtract a mean would fill the zeros.
func (d *Set) fitted(f fitting) datasets.Transform {
	switch p := d.Train.(type) {
	case *datasets.Dataset:
		return f(p)
	case *stream.Table:
		return p.Standardise()
	case *images.Stream:
		return f(d.sample)
	}
	return datasets.Transform{}
}

// prepared returns a part as the model sees it.
func (d *Set) prepared(part Part, loss string) (Part, error) {
	switch part := part.(type) {
	case *datasets.Dataset:
		return d.dense(part, loss)
	case *stream.Table:
		return part.Map(func(block *datasets.Dataset) (*datasets.Dataset, error) { return d.dense(block, loss) })
	case *images.Stream:
		return part.Map(func(block *datasets.Dataset) (*datasets.Dataset, error) { return d.dense(block, loss) })
	case *sparse.Examples:
		return d.sparse(part, loss)
	}
	return part, nil
}

func (d *Set) dense(part *datasets.Dataset, loss string) (*datasets.Dataset, error) {
	part, err := part.With(d.Transform)
	switch {
	case err != nil:
		return nil, err
	case d.Classes == nil:
		return part.WithTargets(d.Scale.apply(part.Targets()))
	case loss == "logistic":
		return part.Signs()
	}
	return part, nil
}

func (d *Set) sparse(part *sparse.Examples, loss string) (*sparse.Examples, error) {
	switch {
	case d.Classes == nil:
		return part.WithTargets(d.Scale.apply(part.Targets()))
	case loss == "logistic":
		return part.Signs()
	}
	return part, nil
}

// forward records the scores of a batch.
func (j *Job) forward(x *autodiff.Node) *autodiff.Node {
	if _, ok := j.Train.(*sparse.Examples); ok {
		return forwardSparse(j.Model, x.Graph().GivenSparse())
	}
	return j.Model.Forward(x)
}

// forwardSparse records a linear layer, or layers of which the first is one.
func forwardSparse(l nn.Layer, s autodiff.Sparse) *autodiff.Node {
	switch l := l.(type) {
	case *nn.Linear:
		return l.ForwardSparse(s)
	case nn.Sequential:
		if len(l) > 0 {
			return l[1:].Forward(forwardSparse(l[0], s))
		}
	}
	autodiff.Fail("classify", "the first layer takes no sparse examples; want a linear one")
	return nil
}

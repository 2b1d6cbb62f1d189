package search

import (
	"context"
	"time"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/losses"
	"declive/optim"
	"declive/optim/search"
)

// scale is the standard deviation of the weights that the lecture tries.
const scale = 1e-4

// together is how many examples are gathered at a time.
const together = 1024

// A hunt is what one random search comes to.
type hunt struct {
	losses   []float64 // of each try
	lowest   []float64 // after each try
	accuracy float64   // of the best try on the test part
	took     time.Duration
}

func (h *hunt) best() float64 { return h.lowest[len(h.lowest)-1] }

// random makes n tries on all of train and tests the best on test.
func random(ctx context.Context, s *lesson.Setting, train, test *datasets.Dataset, n int) (*hunt, error) {
	w := newWeights(train)
	r, err := search.NewRandom(losses.MulticlassHinge, w, search.Tries{Scale: scale, Rand: s.Rand})
	if err != nil {
		return nil, err
	}
	h := &hunt{}
	h.took, err = s.Timed(func() error {
		for try, err := range r.Try(n, train.Consecutive(together)) {
			if err != nil {
				return err
			}
			h.losses = append(h.losses, try.Loss)
			h.lowest = append(h.lowest, try.Lowest)
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h.accuracy, err = accuracy(w, test)
	return h, err
}

// newWeights returns zeros for every class and feature.
func newWeights(d *datasets.Dataset) *autodiff.Param {
	return autodiff.NewParam("W", tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(len(d.Classes()), d.Features())))
}

// accuracy returns the part of the examples whose class has the highest score.
func accuracy(w *autodiff.Param, d *datasets.Dataset) (float64, error) {
	scores := func(x *autodiff.Node) *autodiff.Node { return x.MatMul(x.Graph().Param(w).T()) }
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.MulticlassHinge(scores(x), y) }
	trainer, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.SGD{LearningRate: 1}, optim.WithScores(scores))
	if err != nil {
		return 0, err
	}
	e, err := trainer.Evaluate(d.Consecutive(together))
	return e.Accuracy, err
}

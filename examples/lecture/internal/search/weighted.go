package search

import (
	"context"
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/floats"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/losses"
	"declive/optim/curvature"
	"declive/optim/search"
)

// near is the standard deviation of tries around a point: so small that the loss
// is as good as linear between them.
const near = 1e-6

// A direction tells how well the step of a weighted search agrees with the
// gradient.
type direction struct {
	tries    int
	cosine   float64 // with the negative gradient, mean over repetitions
	expected float64 // by the formula in the documentation of search.Weighted
}

// directions compares steps from W = 0 with the negative gradient there, on the
// first examples of the training part, for rising numbers of tries.
func directions(ctx context.Context, s *lesson.Setting, train *datasets.Dataset, tries []int) (all []direction, weights int, err error) {
	train, err = train.Slice(0, min(train.Len(), s.Count(200, 1000, 1000)))
	if err != nil {
		return nil, 0, err
	}
	g, err := gradientAtZero(train)
	if err != nil {
		return nil, 0, err
	}
	for _, n := range tries {
		d := direction{tries: n, expected: expected(float64(len(g)) / float64(n))}
		for range repetitions {
			cosine, err := oneDirection(train, g, n, s.Rand)
			if err != nil {
				return nil, 0, err
			}
			d.cosine += cosine / repetitions
			if ctx.Err() != nil {
				return nil, 0, ctx.Err()
			}
		}
		all = append(all, d)
	}
	return all, len(g), nil
}

// expected returns the cosine to expect of so many weights for each try.
func expected(weightsPerTry float64) float64 { return 1 / math.Sqrt(1+math.E*weightsPerTry) }

// repetitions is how many steps each number of tries is judged by.
const repetitions = 3

func gradientAtZero(d *datasets.Dataset) ([]float64, error) {
	batch, err := d.All()
	if err != nil {
		return nil, err
	}
	w := newWeights(d)
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return losses.MulticlassHinge(x.MatMul(x.Graph().Param(w).T()), y)
	}
	o, err := curvature.NewObjective(loss, []*autodiff.Param{w}, batch)
	if err != nil {
		return nil, err
	}
	g := make([]float64, o.Dim())
	_, err = o.Gradient(g)
	return g, err
}

// oneDirection returns the cosine of a step of n tries with −g.
func oneDirection(d *datasets.Dataset, g []float64, n int, rng *rand.Rand) (float64, error) {
	by := search.Weighting{Tries: n}
	weighted, err := search.NewWeighted(losses.MulticlassHinge, newWeights(d), by, search.Tries{Scale: near, Rand: rng})
	if err != nil {
		return 0, err
	}
	_, step, err := weighted.Direction(d.Consecutive(together))
	if err != nil {
		return 0, err
	}
	return -floats.Dot(step, g) / (floats.Norm(step, 2) * floats.Norm(g, 2)), nil
}

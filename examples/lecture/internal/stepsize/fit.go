package stepsize

import (
	"math/rand/v2"
	"slices"

	"declive/autodiff"
	"declive/examples/lecture/internal/plane"
	"declive/losses"
	"declive/optim"
	"declive/optim/curvature"
)

// A fit is a linear model, its data and what is known of its curvature. The
// squared loss of a linear model is a parabola: its Hessian is the same
// everywhere.
type fit struct {
	params          []*autodiff.Param
	loss            autodiff.LossFunc
	batch           autodiff.Batch
	objective       *curvature.Objective
	start           []float64
	lowest, highest curvature.Eigenpair
}

// edge returns the largest step with which gradient descent does not diverge.
// Along an eigenvector of the Hessian with eigenvalue λ, a step multiplies the
// distance from the minimum by 1 − η·λ, which shrinks it where
//
//	|1 − η·λ| < 1, or 0 < η < 2/λ
func (f *fit) edge() float64 { return 2 / f.highest.Value }

// newFit measures the extreme curvatures by so many steps of Lanczos.
func newFit(loss autodiff.LossFunc, params []*autodiff.Param, batch autodiff.Batch, steps int, rng *rand.Rand) (*fit, error) {
	f := &fit{params: params, loss: loss, batch: batch}
	var err error
	if f.objective, err = curvature.NewObjective(loss, params, batch); err != nil {
		return nil, err
	}
	f.start = f.objective.Point()
	f.lowest, f.highest, err = f.objective.ExtremeEigenpairs(steps, rng)
	return f, err
}

// newLine returns the fit of a line y = w·x to n points whose two features go
// together, so that the valley of the loss is narrow and oblique.
func newLine(n int, rng *rand.Rand) (*fit, error) {
	var x, y []float64
	for range n {
		a, b := rng.NormFloat64(), rng.NormFloat64()
		x = append(x, a, 0.7*a+0.5*b)
		y = append(y, 1.5*a+0.5*b+0.2*rng.NormFloat64())
	}
	w := autodiff.NewParam("w", plane.Matrix(2, 1, -1.5, 0))
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.Squared(x.MatMul(x.Graph().Param(w)), y) }
	batch := autodiff.Batch{X: plane.Matrix(n, 2, x...), Y: plane.Matrix(n, 1, y...)}
	return newFit(loss, []*autodiff.Param{w}, batch, 2, rng)
}

// descend takes steps of gradient descent from the start and returns the loss
// before each of them, and where there are two weights the way.
func (f *fit) descend(rate float64, steps int) (losses []float64, way plane.Way, err error) {
	if err := f.objective.Move(f.start); err != nil {
		return nil, nil, err
	}
	trainer, err := optim.NewTrainer(f.loss, f.params, optim.GradientDescent{LearningRate: rate})
	if err != nil {
		return nil, nil, err
	}
	way = plane.Way{f.start}
	for range steps {
		loss, err := trainer.Step(f.batch)
		if err != nil {
			return nil, nil, err
		}
		losses = append(losses, loss)
		if f.objective.Dim() == 2 {
			way = append(way, slices.Clone(f.params[0].Value().Float64s()))
		}
	}
	return losses, way, nil
}

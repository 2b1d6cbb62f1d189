package classify

import (
	"context"
	"fmt"
	"math"
	"time"

	"gonum.org/v1/gonum/optimize"
	"gorgonia.org/tensor"

	"declive/optim"
	"declive/optim/curvature"
)

const (
	// flat is the largest derivative of a loss that has been minimised.
	flat = 1e-6
	// iterations is the most that are taken.
	iterations = 2000
	// minimised is the most numbers that the training part may have, to be taken all
	// at once in every iteration.
	minimised = 1 << 25
)

// minimises reports whether the loss is minimised with all examples at once, as
// suits a convex loss on a small table.
func (j *Job) minimises() bool {
	return j.Minimise && stored(j.Train) <= minimised
}

// minimise lowers the loss on all training examples by L-BFGS until it is flat, in
// float64, so that the result does not depend on a number of epochs.
func (j *Job) minimise(ctx context.Context) (epochs []optim.Epoch, err error) {
	batch, err := whole(j.Train)
	if err != nil {
		return nil, err
	}
	j.convert(tensor.Float64)
	defer j.convert(tensor.Float32)
	objective, err := curvature.NewObjective(j.loss, j.Model.Params(), batch)
	if err != nil {
		return nil, err
	}
	recorder := &recorder{ctx: ctx, start: time.Now(), examples: j.Train.Len()}
	_, err = objective.Minimise(&optimize.LBFGS{}, &optimize.Settings{
		GradientThreshold: flat, MajorIterations: iterations, Recorder: recorder,
		Converger: optimize.NeverTerminate{},
	})
	switch {
	case ctx.Err() != nil:
		return recorder.epochs, ctx.Err()
	case err != nil:
		return recorder.epochs, err
	}
	slope, err := steepest(objective)
	if err != nil {
		return recorder.epochs, err
	}
	fmt.Fprintf(j.log, "minimised by L-BFGS: %d iterations, largest derivative %.1g\n", len(recorder.epochs), slope)
	return recorder.epochs, nil
}

func (j *Job) convert(precision tensor.Dtype) {
	for _, p := range j.Model.Params() {
		p.Convert(precision)
	}
}

// steepest returns the largest derivative of an objective where it is.
func steepest(o *curvature.Objective) (float64, error) {
	gradient, largest := make([]float64, o.Dim()), 0.0
	_, err := o.Gradient(gradient)
	for _, g := range gradient {
		largest = max(largest, math.Abs(g))
	}
	return largest, err
}

// A recorder notes the loss of every iteration, and ends with its context.
type recorder struct {
	ctx      context.Context
	start    time.Time
	examples int
	epochs   []optim.Epoch
}

func (r *recorder) Init() error { return nil }

func (r *recorder) Record(at *optimize.Location, op optimize.Operation, _ *optimize.Stats) error {
	if op == optimize.MajorIteration {
		n := len(r.epochs) + 1
		r.epochs = append(r.epochs, optim.Epoch{Number: n, Steps: n, Examples: r.examples, Loss: at.F, Elapsed: time.Since(r.start)})
	}
	return r.ctx.Err()
}

package optim

import "declive/internal/dense"

// A Log records how a training goes, such as those of package declive/train/runlog. An
// error ends the training.
type Log interface {
	LogStep(StepReport) error // after every step
	LogEpoch(Epoch) error     // after every epoch
}

// A StepReport says how one step of [Trainer.Fit] went.
type StepReport struct {
	Step, Epoch  int     // 1, 2, …
	Examples     int     // in the batch
	Loss         float64 // before the step
	GradientNorm float64 // NaN without it
	LearningRate float64 // of the trainer's rule
}

// logStep reports a step on so many examples.
func (f *fit) logStep(loss float64, examples int) error {
	if f.plan.Log == nil {
		return nil
	}
	return f.plan.Log.LogStep(StepReport{
		Step: f.steps, Epoch: f.place.Epoch.Number, Examples: examples, Loss: loss,
		GradientNorm: f.norm, LearningRate: dense.Element(f.groups[0].rate, 0),
	})
}

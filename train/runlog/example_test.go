package runlog_test

import (
	"fmt"
	"os"

	"declive/optim"
	"declive/train/runlog"
)

// What Fit tells a log, as lines on standard output.
func ExampleNewJSONL() {
	l := runlog.NewJSONL(os.Stdout)
	fmt.Println(l.LogStep(optim.StepReport{Step: 1, Epoch: 1, Examples: 64, Loss: 2.5, GradientNorm: 1.5, LearningRate: 0.1}))
	// Output:
	// {"event":"step","step":1,"epoch":1,"examples":64,"loss":2.5,"gradient_norm":1.5,"learning_rate":0.1}
	// <nil>
}

// A table with a row for each step.
func ExampleNewCSV() {
	l := runlog.NewCSV(os.Stdout)
	fmt.Println(l.LogStep(optim.StepReport{Step: 1, Epoch: 1, Examples: 64, Loss: 2.5, GradientNorm: 1.5, LearningRate: 0.1}))
	// Output:
	// event,step,epoch,examples,loss,gradient_norm,learning_rate,validation_loss,validation_accuracy,seconds,validation_metrics
	// step,1,1,64,2.5,1.5,0.1,,,,
	// <nil>
}

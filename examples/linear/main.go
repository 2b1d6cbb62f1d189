// Linear trains a linear model: scores s = x·Wᵀ + b with the loss of the support
// vector machine, of softmax or of logistic regression, or values with the squared
// or Huber's loss, on generated digits or on real data.
//
//	go run ./examples/linear
//	go run ./examples/linear -data cifar10 -dir DIR -loss svm
//	go run ./examples/linear -data images -dir DIR -size 24x32
//	go run ./examples/linear -data csv -file homes.csv -label price -onehot auto -missing median,indicator
//	go run ./examples/linear -data csv -file large.csv -stream
//	go run ./examples/linear -data libsvm -file a9a -test a9a.t
//
// On a table, a loss without kinks is minimised by L-BFGS until its slope vanishes,
// with an L2 penalty of ½ Σ w² for all examples together, so that no rate or number
// of epochs has to be found; any of -rate, -epochs and -batch asks for steps instead.
// What was learnt about the columns is left in schema.json, and for values also a
// picture of the predictions.
//
// A table of more than 1 GiB, and pictures that would take as much, are read again in
// every epoch and not held in memory, as -stream asks for. A LIBSVM file with many
// features of which few are not 0 stays sparse.
//
// It compares the gradient with a numerical one first, shows its progress on a
// terminal, and leaves the loss curve, the weight templates and the weights in
// the folder -out. Expect about 94 % of the generated test digits right, and
// 40 % of CIFAR-10. An interrupt, or SIGTERM, ends the training and keeps what it
// has; the exit status is 130 or 143 then.
package main

import (
	"math/rand/v2"

	"declive/examples/internal/classify"
	"declive/examples/internal/command"
	"declive/nn"
)

func main() { command.Main("linear", program.Run) }

var program = classify.Program{
	Name: "linear",
	About: `Linear trains a linear classifier or regression, on generated digits or on your data, and tells how well it does.
Example: go run ./examples/linear -data csv -file table.csv -label kind -loss svm`,
	Tuning: tuning,
	Model: func(features, scores int, rng *rand.Rand) classify.Model {
		return nn.NewLinear("scores", features, scores, nn.Normal(1e-4), rng)
	},
}

// tuning returns what suits the data, with softmax and minibatches, found by a
// few tries.
func tuning(s classify.Settings) classify.Tuning {
	t := classify.Tuning{Rate: 0.5, Lambda: 1e-4, Epochs: 20}
	switch s.Data {
	case "cifar10":
		t = classify.Tuning{Rate: 0.01, Lambda: 1e-3, Epochs: 10}
	case "images":
		t = classify.Tuning{Rate: 10 / float64(s.Pixels()), Lambda: 1e-3, Epochs: 20} // as cifar10 for 32×32
	case "csv", "libsvm":
		t = classify.Tuning{Rate: 0.1, Prior: 0.5, Epochs: 100, Minimise: true}
	}
	return t
}

// Package optim lowers losses: it turns gradients into parameter updates.
//
// Most programs call [NewTrainer] with a loss, the parameters of a model and a
// rule, and then [Trainer.Step] with each minibatch, or [Trainer.Fit] with all
// the data:
//
//	rule := optim.Scheduled(optim.Momentum{LearningRate: 0.1}, optim.Cosine(1000, 0.01))
//	trainer, err := optim.NewTrainer(loss, model.Params(), rule, optim.WithScores(model.Forward))
//	for batch := range train.Minibatches(256, rng) {
//		value, err := trainer.Step(batch)
//		...
//	}
//	result, err := trainer.Evaluate(test.Consecutive(1000))
//
// A [Rule] says in formulas how a parameter follows its gradient: [SGD],
// [Momentum], [Adam] and the others are plain values, which [WeightDecay],
// [ClipValue] and [Scheduled] compose.
//
// A loss asks the graph for what it takes besides examples and targets, and whether
// it is recorded to train: see [NewTrainer]. [WithGroups], [WithClipNorm], [WithAverage]
// and [WithLookahead] are about all parameters together. [WithScores] and [WithMetric]
// say what [Trainer.Evaluate] judges. A [Plan] with a [Saver], such as that of package
// train/checkpoint, goes on where it was interrupted; one with a [Log] keeps what
// happened; one with Patience or a [Plateau] goes by the validation.
//
// Package curvature beside it looks at a loss as a function of all weights
// together, with second derivatives, and package search lowers one without any
// gradient. What takes steps in either is a [Stepper], like the trainer.
//
// Everything that can go wrong is an error, and a step that fails has changed
// nothing; but the Update of a rule, which records, panics with an
// [*autodiff.Error] if what it is given is incomplete. Hyperparameters and
// learning rates that have no meaning are refused with an error that names them,
// never put right silently; a loss that is not finite is a [*DivergedError],
// which names the step and the op. The package prints only to the writer that a
// [Plan] gives it.
//
// A rule sees one parameter at a time; what concerns several is an option of the
// trainer, as [WithClipNorm] and [WithGroups] are. Training uses one computer and no
// accelerator.
package optim

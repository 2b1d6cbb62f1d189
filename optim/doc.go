// Package optim turns gradients into parameter updates.
//
// A [Rule] says in formulas how a parameter follows its gradient: [SGD],
// [Momentum], [Adam] and the others are plain values, which [WeightDecay],
// [ClipValue] and [Scheduled] compose:
//
//	rule := optim.Scheduled(optim.Momentum{LearningRate: 0.1}, optim.Cosine(1000, 0.01))
//
// Hyperparameters and learning rates that have no meaning are refused with an
// error that names them, never put right silently.
//
// A rule sees one parameter at a time: it cannot clip by the norm of all
// gradients together.
package optim

// Package losses holds the losses and regularisers of supervised learning as
// formulas over the ops of [autodiff].
//
// A loss takes the scores of a minibatch, one example a row, and its targets,
// and returns the mean over the examples, a scalar; a regulariser takes
// parameters. Their sum is what is trained:
//
//	loss := func(x, y *autodiff.Node) *autodiff.Node {
//		s := model.Forward(x)
//		return losses.MulticlassHinge(s, y).Add(losses.L2(1e-4, x.Graph(), model.Weights()...))
//	}
//
// [Squared] and [Huber] are for regression; [Hinge] and [Logistic] for two classes −1 and 1;
// [MulticlassHinge] and [SoftmaxCrossEntropy] for k classes given as labels.
// The derivative of each follows from its ops; none is written here.
//
// Scores and targets that are nil or do not fit, and a regulariser's weight that
// is negative, infinite or NaN, panic with an [*autodiff.Error], as the ops do.
// The mean over an empty minibatch is NaN. There are no weights for examples or
// classes and no other reduction than the mean: compose these from ops.
package losses

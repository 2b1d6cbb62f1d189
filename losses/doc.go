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
// [MulticlassHinge], [SoftmaxCrossEntropy] and [SmoothedCrossEntropy] for k classes
// given as labels, the latter two also as probabilities. The derivative of each follows
// from its ops; none is written here.
//
// Functions with the name of a loss after Each return its terms, one for each example,
// to be weighted or added in another way:
//
//	losses.EachHinge(s, y).Sum()
//	losses.WeightedMean(losses.EachHinge(s, y), x.Graph().Given("weights"))
//	losses.WeightedMean(losses.EachSoftmaxCrossEntropy(s, y), losses.ClassWeights(y, 1, 5))
//
// A sum over the batch has n times the gradient of the mean, so that its learning rate
// is n times smaller. Judging takes losses of batches for means.
//
// Scores and targets that are nil or do not fit, and a regulariser's weight that
// is negative, infinite or NaN, panic with an [*autodiff.Error], as the ops do.
// The mean over an empty minibatch is NaN.
package losses

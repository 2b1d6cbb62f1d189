// Package search lowers the loss of a linear model without any gradient, by
// trying weights at random: what backpropagation is measured by.
//
// [NewRandom] keeps the best of many tries, [NewWeighted] moves a step to the
// weighted mean of tries around the present weights. Both take the loss as a
// function of scores, and compute the scores of many tries in one matrix product:
//
//	s, err := search.NewRandom(losses.MulticlassHinge, w, search.Tries{Scale: 1e-2, Rand: rng})
//	for try, err := range s.Try(1000, train.Consecutive(1000)) {
//		...
//	}
//
// Both are an [optim.Stepper]. Settings without meaning, batches that the model
// does not take and losses that are none are errors; a mean loss that is not
// finite is an [*optim.DivergedError]. Models with more than one matrix of weights
// are not searched.
package search

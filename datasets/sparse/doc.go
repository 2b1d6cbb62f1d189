// Package sparse holds examples of which few features are not 0, such as texts as
// counts of words, in memory for those alone.
//
// datasets.LIBSVM reads them from a file, and [New] takes them from slices. Parts are
// views, made by [Examples.Split], and data for optim.Trainer.Fit:
//
//	all, as, err := datasets.LIBSVM{}.ReadSparse(file)
//	train, test, err := all.Split(0.8, rng)
//	epochs, err := trainer.Fit(ctx, train, optim.Plan{…})
//
// A model takes them from the graph, with nn.Linear.ForwardSparse as its first layer:
//
//	func(x, y *autodiff.Node) *autodiff.Node {
//		return losses.SoftmaxCrossEntropy(l.ForwardSparse(x.Graph().GivenSparse()), y)
//	}
//
// Features are what they were in the file: to subtract a mean would fill the zeros.
// What does not fit together is an error.
package sparse

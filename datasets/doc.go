// Package datasets reads, generates and serves examples to learn from.
//
// A [Dataset] comes from a reader ([CSV], [LIBSVM], [LoadCIFAR10], [LoadCIFAR100],
// [LoadMNIST], [LoadEMNIST], [ReadIDX]), from a generator ([Digits], [Blobs],
// [Moons], [Spirals], [Linear]) or from slices ([New]); package datasets/fetch
// downloads published ones. It is split, transformed and then walked in minibatches:
//
//	train, test, err := digits.Split(0.8, rng)
//	t := datasets.Standardise(train)
//	train, err = train.With(t)
//	test, err = test.With(t)
//	for batch := range train.Minibatches(64, rng) {
//		value, err := trainer.Step(batch)
//	}
//
// [Dataset.Folds] parts it for cross-validation, [Dataset.StratifiedSplit] keeps the
// shares of the classes, [Dataset.ClassBalanced] evens them out in minibatches. What a
// loss needs besides examples and targets, weights or a second input, goes along
// under a name, see [Dataset.WithValues]. Printed, a data set is a summary.
//
// A table that has gaps, or that others are to follow, is a [Table] before it is a
// data set: its training part teaches a [Schema] what fills the gaps, and the schema
// makes the data sets and reads the files to come. It is plain data, to be kept as
// JSON with the weights.
//
// Datasets are values that never change: every method but [Dataset.Interleaved]
// returns a view that shares the stored examples. Pixels stay bytes in memory;
// transforms are evaluated while a batch is gathered from them, in one pass. So are
// the random changes of images in training, see [Dataset.Augmented], and the views
// of an image that a judgement may average, see [Dataset.Viewed].
//
// Readers return a [*FormatError] that names the file and the byte or line;
// they stop at the first fault and return no partial set. What they had to guess is
// in [Dataset.Notes]. Everything else that can go wrong is an error too, but for
// methods that have none to return, such as [Dataset.Minibatches]: they panic with an
// [*autodiff.Error] where their generator or the data set is nil. Nothing in the
// package prints or draws random numbers of its own.
//
// The package keeps a set in memory as a dense matrix: it has no sparse sets and no
// streamed ones (see datasets/stream and datasets/images). It does not rotate, scale
// or recolour images.
package datasets

// Package stream trains on tables that do not fit the memory.
//
// [Learn] goes once through the file for its schema, [Open] again for the moments of
// its features, and from then on it is read again in every epoch, in blocks, on all
// cores:
//
//	open := func() (io.ReadCloser, error) { return os.Open("all.csv") }
//	schema, notes, err := stream.Learn(open, datasets.CSV{Label: "kind"})
//	s, err := stream.Open(open, schema)
//	train, test, err := s.Split(0.8, rng)
//	train, err = train.With(train.Standardise())
//	epochs, err := trainer.Fit(ctx, train, optim.Plan{Epochs: 3, BatchSize: 64, Rand: rng})
//	err = errors.Join(err, train.Err())
//
// Memory is that of the window in which the examples are shuffled, see
// [Table.WithWindow], and of some blocks for each core, whatever the size of the file.
// A word, class or gap that the schema does not know is an error of Open, with its
// line. Sparse files are not streamed; pictures are, by package datasets/images.
package stream

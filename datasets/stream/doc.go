// Package stream trains on tables that do not fit the memory.
//
// A part of the file that does fit, its beginning for instance, is read as a
// [datasets.Table] and teaches a schema. [Open] goes once through all of the file with
// it, and from then on the file is read again in every epoch, in blocks, on all cores:
//
//	schema, err := table.Learn()
//	s, err := stream.Open(func() (io.ReadCloser, error) { return os.Open("all.csv") }, schema)
//	s, err = s.With(s.Standardise())
//	epochs, err := trainer.Fit(ctx, s, optim.Plan{Epochs: 3, BatchSize: 64, Rand: rng})
//	err = errors.Join(err, s.Err())
//
// Memory is that of the window in which the examples are shuffled, see
// [Table.WithWindow], and of some blocks for each core, whatever the size of the file.
// A word, class or gap that the schema does not know is an error of Open, with its
// line. Sparse files are not streamed; pictures are, by package datasets/images.
package stream

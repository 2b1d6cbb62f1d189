// Package checkpoint keeps the state of a training in files, so that a training
// that was interrupted, at any instant and by whatever, goes on to the same bits:
//
//	folder, err := checkpoint.In("run", checkpoint.Settings{Every: 5 * time.Minute})
//	...
//	epochs, err := trainer.Fit(ctx, data, optim.Plan{Epochs: 10, BatchSize: 64, Rand: rng, Saver: folder})
//
// A program that is started again with the same folder needs nothing else: Fit
// finds the state. [Write] and [Read] are for programs with a loop of their own.
//
// A file is in the safetensors format, with the values of an [optim.State] under
// their names and the rest in its metadata. It is written under a temporary name,
// synced and renamed, and holds a checksum of everything. A file that is damaged, or
// was not written by this package, is an error. The package prints nothing.
package checkpoint

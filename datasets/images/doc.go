// Package images reads pictures to learn from, PNG and JPEG files in one folder for
// each class.
//
// [Find] lists the files, [Folder.Split] parts them, and then they are read: all at
// once into a data set by [Folder.Read], or, where that does not fit the memory,
// again in every epoch by [Folder.Stream]:
//
//	all, err := images.Find(os.DirFS("flowers"))
//	train, test, err := all.Split(0.8, rng)
//	size := images.Size{Channels: 3, Height: 32, Width: 32}
//	data, err := train.Read(size)            // a datasets.Dataset
//	stream, err := train.Stream(size)        // an optim.Data
//
// Pictures of any size become pictures of one, stretched if they have another aspect
// ratio, by linear interpolation, which averages where it makes them smaller. What is
// transparent is black. The orientation that a camera notes in a file is ignored.
//
// [Read] reads one picture, for a model to be applied to.
//
// A file that is no picture is an error that names it. [Folder.Notes] says which
// files were not looked at. The package reads no other formats and distorts no
// pictures at random.
package images

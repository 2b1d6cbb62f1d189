package datasets

import (
	"io"
	"iter"
	"sync/atomic"
	"time"

	"declive/autodiff"
)

// ReadLIBSVMUpTo is LIBSVM.Read with another bound on the size of the matrix.
func ReadLIBSVMUpTo(limit int, c LIBSVM, r io.Reader) (*Dataset, error) { return c.read(r, limit) }

// CountGathered returns a sequence of batches, each example in its place, and the
// number of examples that have been gathered for it so far. Gathering a part takes
// at least so long.
func CountGathered(d *Dataset, size int, least time.Duration) (gathered func() int, epoch iter.Seq[autodiff.Batch]) {
	var n atomic.Int64
	l := &loader{data: d, size: size, augmented: true, order: func(_ uint64, rows []int) { copy(rows, d.index) }}
	l.spare = l.newDesk()
	g := l.spare.gatherer
	some := g.some
	g.some = func(from, to int) {
		some(from, to)
		time.Sleep(least)
		n.Add(int64(min(to*g.inPart, len(g.rows)) - from*g.inPart))
	}
	return func() int { return int(n.Load()) }, l.epoch
}

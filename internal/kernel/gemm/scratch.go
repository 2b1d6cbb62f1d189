//go:build (amd64 || arm64) && !purego

package gemm

import (
	"sync"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// scratch is the memory that one goroutine needs to compute a part.
type scratch[F kernel.Float] struct {
	tile      tileArgs[F]
	dot       dotArgs[F]
	pack      packArgs[F]
	transpose transposeArgs[F]
	finish    finishArgs[F]
	axpy      axpyArgs[F]

	a, b, s, t []F // packed operands and unfinished sums
	sums       vec.Pairwise[F]
	packed     packed // what b holds
}

// packed says that a block of op(B), with steps from p and columns from j to
// end−1, has been packed in a run; no run has serial 0.
type packed struct {
	serial    uint64
	p, j, end int
}

// holds reports whether b is still what was packed, and notes what it will be.
func (s *scratch[F]) holds(what packed) bool {
	if what.serial != 0 && s.packed == what {
		return true
	}
	s.packed = what
	return false
}

// Idle scratch. Plans share it, and a core gets the same again: what it holds
// stays in cache. The garbage collector takes what has not been in use for a
// while.
var idle32, idle64 sync.Pool

func idle[F kernel.Float]() *sync.Pool {
	if kernel.Size[F]() == 4 {
		return &idle32
	}
	return &idle64
}

// borrowScratch returns scratch for a short use that ends with giveBack.
func borrowScratch[F kernel.Float]() *scratch[F] {
	if s, ok := idle[F]().Get().(*scratch[F]); ok {
		return s
	}
	return new(scratch[F])
}

func (s *scratch[F]) giveBack() { idle[F]().Put(s) }

package pool

import "sync/atomic"

// A span holds the parts of a job that are left of an equal share. Whoever runs
// a step again and again finds in its cache what it worked on the last time.
type span struct {
	ends atomic.Uint64 // first part and the one behind the last, 32 bits each
	_    [120]byte
}

func (s *span) set(from, to int) { s.ends.Store(uint64(from)<<32 | uint64(to)) }

// first takes two thirds of the parts, in order: the rest is for whoever is
// ready first, so that all finish at about the same time. It does not leave
// fewer than two, as every start has a cost.
func (s *span) first() (from, to int) {
	return s.front(func(left int) int {
		if left > 4 {
			return (2*left + 2) / 3
		}
		return left
	})
}

// one takes the first part.
func (s *span) one() (from, to int) { return s.front(func(int) int { return 1 }) }

// front takes as many of the parts that are left as count says, in order.
func (s *span) front(count func(left int) int) (from, to int) {
	for {
		ends := s.ends.Load()
		from, to = int(ends>>32), int(uint32(ends))
		if from >= to {
			return 0, 0
		}
		end := from + count(to-from)
		if s.ends.CompareAndSwap(ends, uint64(end)<<32|uint64(to)) {
			return from, end
		}
	}
}

// last takes the last half of the parts.
func (s *span) last() (from, to int) {
	for {
		ends := s.ends.Load()
		from, to = int(ends>>32), int(uint32(ends))
		if from >= to {
			return 0, 0
		}
		n := (to - from + 1) / 2
		if s.ends.CompareAndSwap(ends, uint64(from)<<32|uint64(to-n)) {
			return to - n, to
		}
	}
}

// all takes all parts.
func (s *span) all() (from, to int) {
	ends := s.ends.Swap(0)
	return int(ends >> 32), int(uint32(ends))
}

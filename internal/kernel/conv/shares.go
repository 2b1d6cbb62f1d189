package conv

import (
	"runtime"
	"sync/atomic"

	"declive/internal/pool"
)

// shares divides parts among cores that have memory of their own: each of at most
// so many cores takes parts until none is left. Which core does a part must not
// matter.
type shares struct {
	cores int
	parts int
	do    func(core, part int)
	next  atomic.Int64   // part that nobody has begun
	share func(core int) // the loop of a core
}

// newShares divides work of at most so many parts.
func newShares(parts int) *shares {
	s := &shares{cores: max(1, min(parts, runtime.GOMAXPROCS(0)))}
	s.share = s.takeAll
	return s
}

// run does parts of a job.
func (s *shares) run(parts int, do func(core, part int)) {
	s.parts, s.do = parts, do
	s.next.Store(0)
	pool.Do(min(s.cores, parts), s.share)
}

func (s *shares) takeAll(core int) {
	for part := int(s.next.Add(1)) - 1; part < s.parts; part = int(s.next.Add(1)) - 1 {
		s.do(core, part)
	}
}

package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// A Fold reduces the middle axis of an array X, seen as (Outer, Middle, Inner):
//
//	y[i, k] = op over j of x[i, j, k]
type Fold struct {
	Op                   vec.Reduction
	Outer, Middle, Inner int
	X, Y                 int // slots
}

type foldStep[F kernel.Float] struct {
	*Fold
	m *machine[F]
}

func (f *Fold) bind32(m *machine[float32]) step { return &foldStep[float32]{f, m} }
func (f *Fold) bind64(m *machine[float64]) step { return &foldStep[float64]{f, m} }

func (s *foldStep[F]) run() {
	x, y := s.m.slots[s.X], s.m.slots[s.Y]
	if s.Inner == 1 {
		vec.ReduceRows(s.Op, s.Outer, s.Middle, y, x, s.Middle)
		return
	}
	for i := range s.Outer {
		own := x[i*s.Middle*s.Inner : (i+1)*s.Middle*s.Inner]
		vec.ReduceCols(s.Op, s.Middle, s.Inner, y[i*s.Inner:(i+1)*s.Inner], own, s.Inner, false)
	}
}

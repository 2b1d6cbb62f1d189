package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/conv"
)

// A MaxPool takes the largest elements Y of windows on images X, and notes where they
// were.
type MaxPool struct {
	Windows conv.Windows
	X, Y    int // slots
}

// A Pooled moves elements between images and the result of a [MaxPool], by what that
// has noted: with Spread from X, of the shape of the result, to Y, of that of the
// images, and else back.
type Pooled struct {
	Windows conv.Windows
	Pool    int // slot of the pool's result
	Spread  bool
	X, Y    int // slots
}

type maxPoolStep[F kernel.Float] struct {
	*MaxPool
	m    *machine[F]
	pool *conv.MaxPool[F]
}

func (p *MaxPool) bind32(m *machine[float32]) step { return bindMaxPool(m, p) }
func (p *MaxPool) bind64(m *machine[float64]) step { return bindMaxPool(m, p) }

func bindMaxPool[F kernel.Float](m *machine[F], p *MaxPool) step {
	oh, ow := p.Windows.Out()
	m.positions[p.Y] = make([]byte, p.Windows.N*oh*ow*p.Windows.C)
	return &maxPoolStep[F]{p, m, conv.NewMaxPool[F](p.Windows)}
}

func (s *maxPoolStep[F]) run() {
	s.pool.Max(s.m.slots[s.X], s.m.slots[s.Y], s.m.positions[s.Y])
}

type pooledStep[F kernel.Float] struct {
	*Pooled
	m    *machine[F]
	pool *conv.MaxPool[F]
}

func (p *Pooled) bind32(m *machine[float32]) step {
	return &pooledStep[float32]{p, m, conv.NewMaxPool[float32](p.Windows)}
}

func (p *Pooled) bind64(m *machine[float64]) step {
	return &pooledStep[float64]{p, m, conv.NewMaxPool[float64](p.Windows)}
}

func (s *pooledStep[F]) run() {
	move := s.pool.Pick
	if s.Spread {
		move = s.pool.Spread
	}
	move(s.m.positions[s.Pool], s.m.slots[s.X], s.m.slots[s.Y])
}

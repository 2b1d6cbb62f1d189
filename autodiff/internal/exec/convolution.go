package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/conv"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/vec"
)

// A Convolution is one of the three products of package conv, with what follows it
// for each element,
//
//	C = act(A * B + bias)
//	C = A * B + C            with Adds, for the gradient of the weights
type Convolution struct {
	Geometry conv.Geometry
	Role     conv.Role
	A, B, C  int // slots
	Bias     int // slot of what is added to each channel, or None
	Act      vec.UnaryOp
	Adds     bool
	Guards   bool // a result that is not finite makes the run suspect
	Free     Span // of the arena, where nothing lies while it runs
}

// A Span is a piece of the arena, in elements.
type Span struct{ Offset, Size int }

type convolutionStep[F kernel.Float] struct {
	*Convolution
	m    *machine[F]
	plan *conv.Plan[F]
	work *[]F // the memory that it works in
}

func (c *Convolution) bind32(m *machine[float32]) step { return bindConvolution(m, c) }
func (c *Convolution) bind64(m *machine[float64]) step { return bindConvolution(m, c) }

func bindConvolution[F kernel.Float](m *machine[F], c *Convolution) step {
	s := &convolutionStep[F]{Convolution: c, m: m, plan: conv.New[F](c.Geometry, c.Role)}
	s.work = m.workspaceOf(s.plan.Workspace(), c.Free)
	return s
}

func (s *convolutionStep[F]) run() {
	slots := s.m.slots
	if s.Adds {
		s.plan.Add(1, slots[s.A], slots[s.B], 1, slots[s.C], *s.work)
	} else {
		ep := gemm.Epilogue[F]{Act: s.Act}
		if s.Bias != None {
			ep.Bias = slots[s.Bias]
		}
		s.plan.Run(slots[s.A], slots[s.B], slots[s.C], ep, *s.work)
	}
	if s.Guards && !vec.AllFinite(slots[s.C]) {
		s.m.suspect = true
	}
}

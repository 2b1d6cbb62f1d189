package exec

import "declive/internal/kernel"

// A Call runs a definition on whole arrays in float64, one conversion of each
// array and back: slow, but right, for an op that has no instruction.
type Call struct {
	Definition Definition
	In         []CallOperand
	Out, Size  int // the result's slot and number of elements
}

// A Definition fills out, which is all 0, from the elements of the operands.
// Labels come as numbers.
type Definition interface {
	Fill(in [][]float64, out []float64)
}

// A CallOperand is an array of Size elements, or labels.
type CallOperand struct {
	Slot, Size int
	Labels     bool
}

type callStep[F kernel.Float] struct {
	*Call
	m   *machine[F]
	in  [][]float64 // copies of the operands
	out []float64
}

func (c *Call) bind32(m *machine[float32]) step { return bindCall(m, c) }
func (c *Call) bind64(m *machine[float64]) step { return bindCall(m, c) }

func bindCall[F kernel.Float](m *machine[F], c *Call) step {
	s := &callStep[F]{Call: c, m: m, out: make([]float64, c.Size)}
	for _, x := range c.In {
		s.in = append(s.in, make([]float64, x.Size))
	}
	return s
}

func (s *callStep[F]) run() {
	for i, x := range s.In {
		if x.Labels {
			widen(s.in[i], s.m.labels[x.Slot])
		} else {
			widen(s.in[i], s.m.slots[x.Slot])
		}
	}
	clear(s.out)
	s.Definition.Fill(s.in, s.out)
	for i, v := range s.out {
		s.m.slots[s.Out][i] = F(v)
	}
}

func widen[T int | float32 | float64](dst []float64, src []T) {
	for i, v := range src {
		dst[i] = float64(v)
	}
}

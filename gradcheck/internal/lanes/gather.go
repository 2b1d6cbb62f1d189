package lanes

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// A gather is an input of a lane program that depends on which element of the
// variable each lane moves. With that element at row p and column q, lane r
// holds for each i < count
//
//	data[places[i] + p·rowStep + q·colStep]    places[i] = i·step unless given
//
// where p·rowStep + q·colStep stands for taps[of that] if there are taps; or, for a mask, 1 where i = p·rowStep + q·colStep and 0 elsewhere, or the
// element's new value.
type gather struct {
	kind             gatherKind
	node             *autodiff.Node // shape (count, lanes), or (lanes) for new values
	data             []float64
	count, step      int
	rowStep, colStep int
	places, taps     []int
}

type gatherKind uint8

const (
	taken gatherKind = iota
	masked
	newValue
)

// take records an input that holds count elements of x's value in each lane,
// step apart, starting at i·si + j·sj.
func (b *builder) take(x *autodiff.Node, count, step, si, sj int, flipped bool) *autodiff.Node {
	g := &gather{kind: taken, data: b.data(x), count: count, step: step, rowStep: si, colStep: sj}
	return b.add(g, flipped, count, b.lanes)
}

// data returns the elements of x's value, always in the same memory.
func (b *builder) data(x *autodiff.Node) []float64 {
	if b.floats[x] == nil {
		b.floats[x] = dense.Floats(b.values[x])
	}
	return b.floats[x]
}

// mask records an input of shape (count, lanes) that is 1 at i·si + j·sj.
func (b *builder) mask(count, si, sj int, flipped bool) *autodiff.Node {
	g := &gather{kind: masked, count: count, rowStep: si, colStep: sj}
	return b.add(g, flipped, count, b.lanes)
}

// moved records the input that holds each lane's new value.
func (b *builder) moved() *autodiff.Node {
	return b.add(&gather{kind: newValue, count: 1}, false, b.lanes)
}

func (b *builder) add(g *gather, flipped bool, shape ...int) *autodiff.Node {
	if flipped {
		g.rowStep, g.colStep = g.colStep, g.rowStep
	}
	for _, old := range b.gather {
		if old.same(g) {
			return old.node
		}
	}
	g.node = b.to.Input(fmt.Sprintf("lane input %d", len(b.gather)), shape...)
	b.gather = append(b.gather, g)
	return g.node
}

// same reports whether two gathers always hold the same.
func (g *gather) same(o *gather) bool {
	if g.kind != o.kind || g.count != o.count || g.step != o.step || g.rowStep != o.rowStep || g.colStep != o.colStep {
		return false
	}
	if !slices.Equal(g.places, o.places) || !slices.Equal(g.taps, o.taps) {
		return false
	}
	return len(g.data) == len(o.data) && (len(g.data) == 0 || &g.data[0] == &o.data[0])
}

// An input is the memory that is fed for a gather.
type input struct {
	*gather
	values *tensor.Dense
	first  []int // where each lane's elements start, as filled last
}

// inputsFor returns the memory of gathers for programs with so many lanes.
func inputsFor(gathers []*gather, lanes int) []input {
	out := make([]input, len(gathers))
	for i, g := range gathers {
		v := dense.Zeros(tensor.Float64, g.node.Shape()...)
		out[i] = input{gather: g, values: v, first: make([]int, lanes)}
		for r := range out[i].first {
			out[i].first[r] = -1
		}
	}
	return out
}

// fill writes the input for probes, one for each lane, of the elements at the
// given rows and columns of the variable. What probes of neighbouring elements
// have in common stays as it is.
func (in *input) fill(at []Probe, rows, cols []int) {
	to := in.values.Float64s()
	if in.kind == newValue {
		for r, p := range at {
			to[r] = p.Value
		}
		return
	}
	moved := false
	for r := range in.first {
		from := rows[r]*in.rowStep + cols[r]*in.colStep
		if in.taps != nil {
			from = in.taps[from]
		}
		moved = moved || from != in.first[r]
		in.first[r] = from
	}
	switch {
	case !moved:
	case in.kind == masked:
		in.mark(to)
	default:
		in.copy(to)
	}
}

// mark writes a mask.
func (in *input) mark(to []float64) {
	clear(to)
	for r, i := range in.first {
		to[i*len(in.first)+r] = 1
	}
}

// copy writes the elements that are taken.
func (in *input) copy(to []float64) {
	n := len(in.first)
	for i := range in.count {
		place := i * in.step
		if in.places != nil {
			place = in.places[i]
		}
		row, data := to[i*n:(i+1)*n], in.data[place:]
		for r, from := range in.first[:len(row)] {
			row[r] = data[from]
		}
	}
}

// nodeName names the copy of a node.
func nodeName(x *autodiff.Node) string { return fmt.Sprintf("%s %d", x.Op(), x.ID()) }

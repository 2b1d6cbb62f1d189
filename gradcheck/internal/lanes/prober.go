package lanes

import (
	"errors"
	"fmt"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck/internal/trace"
)

// The largest value of a lane program has at most so many elements. A few of 256 KiB
// fit into a core's cache; lanes are fewer where that keeps them there. Eight lanes may
// take 32 MiB: images are large, and a lane skips most of what a run computes.
const (
	maxElements = 1 << 15
	maxOfFewest = 1 << 22
	fewestLanes = 8
	mostLanes   = 256
)

// ErrFixed says that the output does not depend on the variable.
var ErrFixed = errors.New("nothing depends on the variable")

// A Probe is the function's point with one element of the variable moved.
type Probe struct {
	Index int
	Value float64
}

// A Program is a lane program, recorded.
type Program struct {
	*builder
	output *autodiff.Node
}

// Record records the lane program of variable b of f, whose nodes have the given
// values at the point, with as many lanes as memory allows: 256, fewer where values
// are large. It returns [ErrFixed] if no lanes are needed, and an error that names
// the op if there is one without lanes, or says that the values are too large for
// eight.
func Record(f *trace.Function, b int, values trace.Values) (*Program, error) {
	most := 0
	for lanes := mostLanes; lanes >= fewestLanes; lanes /= 2 {
		build := &builder{
			to: autodiff.NewGraph(tensor.Float64), values: values, x: f.Vars[b], lanes: lanes,
			known: map[*autodiff.Node]lane{}, copies: map[*autodiff.Node]*autodiff.Node{},
			floats: map[*autodiff.Node][]float64{},
		}
		output, err := build.build(f.Output)
		if err != nil {
			return nil, err
		}
		if most = build.largest(); most <= maxElements || lanes == fewestLanes && most <= maxOfFewest {
			return &Program{build, output}, nil
		}
	}
	return nil, fmt.Errorf("eight lanes of the largest value have %d elements, more than %d", most, maxOfFewest)
}

// largest returns the size of the largest value with lanes.
func (b *builder) largest() int {
	most := 0
	for _, n := range b.to.Nodes() {
		if s := n.Shape(); len(s) > 0 && s[len(s)-1] == b.lanes {
			most = max(most, s.Size())
		}
	}
	return most
}

// A Prober evaluates probes of one variable, for one goroutine at a time.
type Prober struct {
	program *autodiff.Program
	feeds   []autodiff.Feed
	inputs  []input
	lanes   int
	width   int // columns of the variable
	full    []Probe
	rows    []int // of the variable's element that each lane moves
	cols    []int
}

// Prober compiles the program.
func (p *Program) Prober() (*Prober, error) {
	program, err := autodiff.Compile(p.output)
	if err != nil {
		return nil, err
	}
	_, cols := matrix(p.x.Shape())
	out := &Prober{
		program: program, inputs: inputsFor(p.gather, p.lanes), lanes: p.lanes,
		width: max(cols, 1), rows: make([]int, p.lanes), cols: make([]int, p.lanes),
	}
	for _, f := range p.feeds {
		out.feeds = append(out.feeds, f.Node.Feed(f.Value))
	}
	for _, in := range out.inputs {
		out.feeds = append(out.feeds, in.node.Feed(in.values))
	}
	return out, nil
}

// Probe evaluates the probes, as many at a time as there are lanes. It writes the
// m outputs of at[i] to out[i*m:(i+1)*m].
func (p *Prober) Probe(at []Probe, out []float64) error {
	for lo := 0; lo < len(at); lo += p.lanes {
		now := at[lo:min(lo+p.lanes, len(at))]
		p.fill(now)
		if _, err := p.program.Run(p.feeds...); err != nil {
			return err
		}
		values := p.program.Output(0).Float64s()
		m := len(values) / p.lanes
		for r := range now {
			for j := range m {
				out[(lo+r)*m+j] = values[j*p.lanes+r]
			}
		}
	}
	return nil
}

// fill writes the inputs for the probes. Lanes that are left repeat the last one.
func (p *Prober) fill(now []Probe) {
	p.full = append(p.full[:0], now...)
	for len(p.full) < p.lanes {
		p.full = append(p.full, now[len(now)-1])
	}
	for r, at := range p.full {
		p.rows[r], p.cols[r] = at.Index/p.width, at.Index%p.width
	}
	for i := range p.inputs {
		p.inputs[i].fill(p.full, p.rows, p.cols)
	}
}

package gradcheck

import (
	"math"
	"runtime"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// A laneProber evaluates probes of one variable with a lane program.
type laneProber struct {
	c       *checker
	program *autodiff.Program
	feeds   []autodiff.Feed
	inputs  []laneInput
	lanes   int
	width   int // columns of the variable
	full    []probe
	rows    []int // of the variable's element that each lane moves
	cols    []int
}

// maxLaneWork is the number of elements that the largest value of a lane program
// may have: a few of them fit into a core's cache.
const maxLaneWork = 1 << 15

// probers returns one prober for each core that may be used: lanes if the graph
// allows them, which a comparison with complete evaluations confirms, else
// complete evaluations.
func (g *graphProblem) probers(c *checker, b, chunks int) ([]prober, error) {
	whole := []prober{&direct{c: c, b: b, work: clone(c.x)}}
	build, output, err := g.lanes(c, b)
	if err == errFixed {
		return whole, nil
	}
	if err != nil {
		c.note("%s: every coordinate is evaluated completely: %v", c.p.Vars[b].Name, err)
		return whole, nil
	}
	var out []prober
	for range min(chunks, runtime.GOMAXPROCS(0)) {
		p, err := newLaneProber(c, b, build, output)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if ok, err := c.confirm(b, out[0], whole[0]); err != nil {
		return nil, err
	} else if !ok {
		c.note("%s: incremental evaluation differs from complete evaluation; every coordinate is evaluated completely", c.p.Vars[b].Name)
		return whole, nil
	}
	return out, nil
}

// lanes records the lane program of variable b, with as many lanes as memory
// allows: 256, fewer where values are large.
func (g *graphProblem) lanes(c *checker, b int) (*laneBuilder, *autodiff.Node, error) {
	values, err := c.nodeValues()
	if err != nil {
		return nil, nil, err
	}
	for lanes := 256; lanes >= 8; lanes /= 2 {
		build := &laneBuilder{
			to: autodiff.NewGraph(tensor.Float64), values: values, x: g.vars[b], lanes: lanes,
			known: map[*autodiff.Node]lane{}, copies: map[*autodiff.Node]*autodiff.Node{},
		}
		var output *autodiff.Node
		err = func() (err error) {
			defer autodiff.Catch(&err)
			output, err = build.build(g.output)
			return err
		}()
		if err != nil {
			return nil, nil, err
		}
		if largest(build.to, lanes) <= maxLaneWork {
			return build, output, nil
		}
	}
	return nil, nil, errUnknown
}

// largest returns the size of the largest value with lanes.
func largest(g *autodiff.Graph, lanes int) int {
	most := 0
	for _, n := range g.Nodes() {
		if s := n.Shape(); len(s) > 0 && s[len(s)-1] == lanes {
			most = max(most, s.Size())
		}
	}
	return most
}

func newLaneProber(c *checker, b int, build *laneBuilder, output *autodiff.Node) (*laneProber, error) {
	program, err := autodiff.Compile(output)
	if err != nil {
		return nil, err
	}
	_, cols := matrix(c.p.Vars[b].Shape)
	p := &laneProber{
		c: c, program: program, inputs: inputsFor(build.gather, build.lanes), lanes: build.lanes,
		width: max(cols, 1), rows: make([]int, build.lanes), cols: make([]int, build.lanes),
	}
	for _, f := range build.feeds {
		p.feeds = append(p.feeds, f.node.Feed(f.value))
	}
	for _, in := range p.inputs {
		p.feeds = append(p.feeds, in.node.Feed(in.values))
	}
	return p, nil
}

// fill writes the inputs for the probes, the last of them again where lanes are
// left.
func (p *laneProber) fill(now []probe) {
	p.full = append(p.full[:0], now...)
	for len(p.full) < p.lanes {
		p.full = append(p.full, now[len(now)-1])
	}
	for r, at := range p.full {
		p.rows[r], p.cols[r] = at.index/p.width, at.index%p.width
	}
	for i := range p.inputs {
		p.inputs[i].fill(p.full, p.rows, p.cols)
	}
}

// probe evaluates the probes, as many at a time as there are lanes. Lanes
// without a probe repeat the last one.
func (p *laneProber) probe(at []probe, out []float64) error {
	m := len(p.c.base)
	for lo := 0; lo < len(at); lo += p.lanes {
		now := at[lo:min(lo+p.lanes, len(at))]
		p.fill(now)
		if _, err := p.program.Run(p.feeds...); err != nil {
			return err
		}
		p.c.evals.Add(int64(len(now)))
		values := p.program.Output(0).Float64s()
		for r := range now {
			for j := range m {
				out[(lo+r)*m+j] = values[j*p.lanes+r]
			}
		}
	}
	return p.c.ctx.Err()
}

// confirm compares both probers at the point itself and at random coordinates of
// variable b, moved by a tenth: sixteen of them, shared by the variables.
func (c *checker) confirm(b int, fast, slow prober) (bool, error) {
	n, m := 1+max(4, 16/len(c.x)), len(c.base)
	s := scales(c.x[b])
	at := make([]probe, n)
	for k := range at {
		i := c.rng.IntN(len(s))
		at[k] = probe{i, c.p.round(c.x[b][i] + 0.1*s[i])}
		if k == 0 || !c.inside(at[k].value) {
			at[k].value = c.x[b][i]
		}
	}
	got, want := make([]float64, n*m), make([]float64, n*m)
	if err := fast.probe(at, got); err != nil {
		return false, c.ctx.Err() // a value that cannot be fed, such as an infinite one
	}
	if err := slow.probe(at, want); err != nil {
		return false, err
	}
	for k := range got {
		a, b, j := got[k], want[k], k%m
		if d := math.Abs(a - b); d > 1000*c.eps[j]+1e-12*math.Abs(b) || math.IsNaN(a) != math.IsNaN(b) {
			return false, nil
		}
	}
	return true, nil
}

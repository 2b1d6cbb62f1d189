package predict

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/dense"
)

// blocks are how many examples programs are for. With four times as many from one
// to the next, an input takes few runs and none computes an example for nothing.
var blocks = [...]int{256, 64, 16, 4, 1}

// A program computes the scores of a block of examples, for one goroutine at a time.
type program struct {
	rows   int
	input  *tensor.Dense
	feeds  []autodiff.Feed
	code   *autodiff.Program
	scores []float64 // of all rows
}

// compile makes a program for a number of examples.
func (p *Predictor) compile(rows int) (r *program, err error) {
	defer autodiff.Catch(&err)
	shape := append([]int{rows}, p.model.Shape...)
	g := autodiff.NewGraph(p.precision)
	x := g.Input("predict.x", shape...) // no parameter of this name is likely
	s := p.model.Layer.Forward(x)
	if s == nil {
		return nil, fmt.Errorf("the layer, %T, returned nil from Forward", p.model.Layer)
	}
	if out := s.Shape(); len(out) < 1 || len(out) > 2 || out[0] != rows || out.Size() == 0 {
		return nil, fmt.Errorf("the layer makes of examples of shape %v scores of shape %v, want a row for each", autodiff.Shape(shape), out)
	}
	if err := bounded(g, rows, params(p.model.Layer)); err != nil {
		return nil, err
	}
	code, err := autodiff.Compile(s)
	if err != nil {
		return nil, err
	}
	input := dense.Zeros(p.precision, shape...)
	return &program{rows, input, []autodiff.Feed{x.Feed(input)}, code, make([]float64, s.Shape().Size())}, nil
}

// bounded refuses layers that make far more numbers of an example than it or the
// parameters have, such as windows with padding without end.
func bounded(g *autodiff.Graph, rows int, params []*autodiff.Param) error {
	most := maxFeatures
	for _, p := range params {
		most = max(most, p.Shape().Size())
	}
	for _, n := range g.Nodes() {
		if size, reason := dense.Size(n.Shape()...); reason != "" || size/rows > most {
			return fmt.Errorf("the layer makes a value of shape %v of %d examples, want at most %d numbers of each", n.Shape(), rows, most)
		}
	}
	return nil
}

// run computes the scores of the examples in input.
func (r *program) run() error {
	if _, err := r.code.Run(r.feeds...); err != nil {
		return err
	}
	dense.Convert(r.scores, r.code.Output(0))
	return nil
}

// predictBlock appends what write makes of the scores of a block of raw examples, of
// which from is the first one's number.
func predictBlock[T any](p *Predictor, r *program, dst []T, x []float64, from int, write func([]T, []float64) ([]T, error)) ([]T, error) {
	p.prepare(r.input, x)
	if err := r.run(); err != nil {
		return nil, p.explain(err, r.input, x, from)
	}
	p.inUnits(r.scores)
	return rows(dst, r.scores, p.scores, from, write)
}

// inUnits takes scores back through the transform of the targets.
func (p *Predictor) inUnits(scores []float64) {
	t := p.model.Targets
	if empty(t) {
		return
	}
	for i, s := range scores {
		j := i % p.scores
		scores[i] = s/t.Scale[min(j, len(t.Scale)-1)] + t.Shift[min(j, len(t.Shift)-1)]
	}
}

// rows appends what write makes of each row of k scores.
func rows[T any](dst []T, scores []float64, k, from int, write func([]T, []float64) ([]T, error)) ([]T, error) {
	for i := 0; i*k < len(scores); i++ {
		var err error
		if dst, err = write(dst, scores[i*k:(i+1)*k]); err != nil {
			return nil, fmt.Errorf("example %d: %w", from+i, err)
		}
	}
	return dst, nil
}

// programs are those that nobody uses, by the place of their size among the blocks.
type programs struct {
	lock sync.Mutex
	free [len(blocks)][]*program
}

// take returns a program for as many of n examples as possible.
func (p *Predictor) take(n int) (*program, error) {
	size := slices.IndexFunc(blocks[:], func(rows int) bool { return rows <= n })
	p.programs.lock.Lock()
	free := &p.programs.free[size]
	if last := len(*free) - 1; last >= 0 {
		r := (*free)[last]
		*free = (*free)[:last]
		p.programs.lock.Unlock()
		return r, nil
	}
	p.programs.lock.Unlock()
	return p.compile(blocks[size])
}

// put keeps a program for the next who needs it, unless there are more than
// processors could use: a burst of calls does not hold its memory for ever.
func (s *programs) put(r *program) {
	s.lock.Lock()
	defer s.lock.Unlock()
	free := &s.free[slices.Index(blocks[:], r.rows)]
	if len(*free) < max(16, 2*runtime.GOMAXPROCS(0)) {
		*free = append(*free, r)
	}
}

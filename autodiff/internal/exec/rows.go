package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// Rows runs a program for some rows of a batch, a block of rows, on one block
// after the other, and adds its outputs up.
type Rows struct {
	Batch int // its rows
	Block int // rows of a block
	Parts int // that run at the same time, each with machines and sums of its own
	Sums  int // elements of all results

	Operands []int // slots
	Results  []RowsResult
	Whole    *RowsProgram
	Tail     *RowsProgram // for the rows that are left, or nil
}

// A RowsResult is a sum over the blocks, of Size elements from Offset on among
// all; its slot is None if nobody reads it.
type RowsResult struct{ Slot, Offset, Size int }

// A RowsProgram is what runs on a block.
type RowsProgram struct {
	Program  *Program
	Operands []RowsOperand // as in Rows
	Results  []RowsOutput  // as in Rows
}

// A RowsOperand is what stands for an operand in the program for a block: the
// block's own rows, of PerRow elements each, or with 0 the whole; None for a
// parameter, which that program has itself.
type RowsOperand struct {
	Slot   int
	PerRow int
	Labels bool
}

// A RowsOutput is the slot of a result of one block. One that a product adds to
// the sums by itself has no other memory than they.
type RowsOutput struct {
	Slot int
	Adds bool
}

type rowsStep[F kernel.Float] struct {
	*Rows
	m       *machine[F]
	blocks  int              // whole ones
	workers []*rowsWorker[F] // one for each part
	tail    *rowsWorker[F]   // for the rows that are left, or nil
	sums    []F              // parts × all results
	part    func(part int)
}

// A rowsWorker runs blocks of one size and adds up their results.
type rowsWorker[F kernel.Float] struct {
	*RowsProgram
	*machine[F]
	sums   [][]F     // one for each result
	totals []float64 // of the results that are single numbers
}

func (r *Rows) bind32(m *machine[float32]) step { return bindRows(m, r) }
func (r *Rows) bind64(m *machine[float64]) step { return bindRows(m, r) }

func bindRows[F kernel.Float](m *machine[F], r *Rows) step {
	s := &rowsStep[F]{Rows: r, m: m, blocks: r.Batch / r.Block, sums: make([]F, r.Parts*r.Sums)}
	for part := range r.Parts {
		s.workers = append(s.workers, newRowsWorker(r, r.Whole, s.sums[part*r.Sums:(part+1)*r.Sums]))
	}
	if r.Tail != nil {
		last := r.Parts - 1
		s.tail = newRowsWorker(r, r.Tail, s.sums[last*r.Sums:])
		s.tail.totals = s.workers[last].totals
	}
	s.part = s.runPart
	return s
}

func newRowsWorker[F kernel.Float](r *Rows, p *RowsProgram, sums []F) *rowsWorker[F] {
	w := &rowsWorker[F]{RowsProgram: p, machine: newMachine[F](p.Program), totals: make([]float64, len(r.Results))}
	for i, x := range r.Results {
		own := sums[x.Offset : x.Offset+x.Size]
		w.sums = append(w.sums, own)
		if p.Results[i].Adds {
			w.slots[p.Results[i].Slot] = own
		}
	}
	return w
}

func (s *rowsStep[F]) run() {
	if s.tail != nil {
		s.tail.load()
	}
	if s.Parts == 1 {
		s.runPart(0)
	} else {
		pool.Do(s.Parts, s.part)
	}
	for i, r := range s.Results {
		if r.Slot != None {
			s.join(i, r.Offset, s.m.slots[r.Slot])
		}
	}
	for _, w := range s.workers {
		s.m.suspect = s.m.suspect || w.suspect
	}
	s.m.suspect = s.m.suspect || s.tail != nil && s.tail.suspect
}

// join adds up the parts' sums of the i-th result, in order.
func (s *rowsStep[F]) join(i, at int, dst []F) {
	if len(dst) == 1 {
		sum := 0.0
		for _, w := range s.workers {
			sum += w.totals[i]
		}
		dst[0] = F(sum)
		return
	}
	vec.ReduceCols(vec.ReduceSum, s.Parts, len(dst), dst, s.sums[at:], s.Sums, false)
}

// runPart runs the blocks of one part; the last takes the rows that are left.
func (s *rowsStep[F]) runPart(part int) {
	w := s.workers[part]
	w.start()
	for b := part * s.blocks / s.Parts; b < (part+1)*s.blocks/s.Parts; b++ {
		s.runBlock(w, b*s.Block, s.Block)
	}
	if s.tail != nil && part == s.Parts-1 {
		s.runBlock(s.tail, s.blocks*s.Block, s.Batch-s.blocks*s.Block)
	}
}

// start prepares a worker for the blocks of its part.
func (w *rowsWorker[F]) start() {
	w.load()
	clear(w.totals)
	for _, sum := range w.sums {
		clear(sum)
	}
}

// runBlock runs a worker on size rows from the row from.
func (s *rowsStep[F]) runBlock(w *rowsWorker[F], from, size int) {
	for i, x := range w.Operands {
		outer := s.Operands[i]
		switch {
		case x.Slot == None:
		case x.Labels:
			w.labels[x.Slot] = s.m.labels[outer][from : from+size]
		case x.PerRow > 0:
			w.slots[x.Slot] = s.m.slots[outer][from*x.PerRow : (from+size)*x.PerRow]
		default:
			w.slots[x.Slot] = s.m.slots[outer]
		}
	}
	w.feeds++
	w.machine.run(0, len(w.steps))
	w.collect()
}

// collect adds the results of a block to the sums.
func (w *rowsWorker[F]) collect() {
	for i, r := range w.Results {
		x := w.slots[r.Slot]
		switch {
		case r.Adds:
		case len(x) == 1:
			w.totals[i] += float64(x[0])
		default:
			vec.Axpby(1, x, 1, w.sums[i])
		}
	}
}

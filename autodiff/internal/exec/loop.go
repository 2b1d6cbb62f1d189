package exec

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
	"declive/internal/pool"
)

// A Loop runs tile by tile, a tile being some blocks of the rows and columns that
// it runs over. On each tile its micro-instructions run one after the other on
// pieces of arrays; values that nobody else reads live in scratch memory the size
// of a tile, which stays in the nearest cache.
type Loop struct {
	Blocks   int // of the whole
	Tile     int // blocks of a tile
	Tiles    int
	Parts    int // that run at the same time, each with scratch of its own
	Scratch  int // elements
	Micros   []Micro
	Closings []Closing
	Spreads  []Spread
}

// A Ref is where a micro-instruction finds an array: in a slot, or in the scratch
// memory of its part of the loop. An array of which PerBlock elements belong to a
// block is read from those of the tile; one without is read as a whole.
type Ref struct {
	Slot     int // None for scratch
	Offset   int // in scratch
	PerBlock int
	Size     int // of an array that belongs to no block
}

// A Micro is a micro-instruction: one pass over the arrays of a tile.
type Micro struct {
	Kind     MicroKind
	Unary    vec.UnaryOp
	Power    float64 // exponent of a DoPower
	Binary   vec.BinaryOp
	Reduce   vec.Reduction
	Dst      Ref
	In       [3]Ref
	Operands int     // of In
	Signs    [2]int8 // of a DoAddScaled
	Cols     int     // elements of a row
	Labels   Ref     // of a DoPick or a DoOneHot, one for each row
	Closing  int     // index among the closings, or the spreads
	Function Function
	Grid     Grid
}

// A MicroKind says what a micro-instruction does.
type MicroKind uint8

// The kinds, with their operands x, y and z.
const (
	DoUnary        MicroKind = iota // Unary of each element
	DoPower                         // x to a constant power, which is not rounded
	DoBinary                        // Binary of x and y, on a grid
	DoSelect                        // y where x is not 0, else z, on a grid
	DoFunction                      // Function of the operands, on a grid
	DoRowReduce                     // each row to a number
	DoBlockReduce                   // the rows of each block to one
	DoPick                          // from each row the element at its label
	DoOneHot                        // 1 at each row's label, else 0
	DoAddScaled                     // z·x + y, with signs, z a number
	DoCloseAll                      // x taken up by a closing of everything
	DoCloseCols                     // x taken up by a closing of each column
	DoCloseProduct                  // x·y taken up by a closing of everything
	DoCloseSpread                   // x taken up by a closing of each column's squared distances from its mean
)

var microNames = [...]string{
	"Unary", "Power", "Binary", "Select", "Function", "RowReduce", "BlockReduce", "Pick", "OneHot",
	"AddScaled", "CloseAll", "CloseCols", "CloseProduct", "CloseSpread",
}

// String returns the name of the kind.
func (k MicroKind) String() string { return microNames[k] }

// A Function is a function of single elements that has no kernel.
type Function interface {
	Value(x []float64) float64
}

// A Grid is the loops of a micro-instruction that computes each element of its
// result from the elements of its operands at the same place.
type Grid struct {
	Lengths [3]int    // of the loops, the innermost last, in a window of one block
	Blocks  int       // the one that is longer the more blocks there are
	Strides [4][3]int // of the result and the operands along the loops
}

type loopStep[F kernel.Float] struct {
	*Loop
	m        *machine[F]
	closings []closing[F]
	spreads  []spread[F]
	scratch  [][]F       // one for each part
	operands [][]float64 // likewise, of one element of a function
	part     func(part int)

	// Of a loop of one tile, the micro-instructions with their operands found,
	// which stay the same until an input is fed from elsewhere.
	bounds []bound[F]
	feeds  int
}

func (l *Loop) bind32(m *machine[float32]) step { return bindLoop(m, l) }
func (l *Loop) bind64(m *machine[float64]) step { return bindLoop(m, l) }

func bindLoop[F kernel.Float](m *machine[F], l *Loop) step {
	s := &loopStep[F]{Loop: l, m: m, feeds: -1}
	for range l.Parts {
		s.scratch = append(s.scratch, make([]F, l.Scratch))
		s.operands = append(s.operands, make([]float64, len(Micro{}.In)))
	}
	for _, c := range l.Spreads {
		s.spreads = append(s.spreads, newSpread[F](c, l.Parts))
	}
	for _, c := range l.Closings {
		s.closings = append(s.closings, newClosing[F](c, l.Parts, l.Tiles/l.Parts+1))
	}
	if l.Tiles == 1 {
		s.bounds = make([]bound[F], len(l.Micros))
	}
	s.part = s.runPart
	return s
}

func (s *loopStep[F]) run() {
	switch {
	case s.Tiles == 1:
		s.runTile()
	case s.Parts == 1:
		s.runPart(0)
	default:
		pool.Do(s.Parts, s.part)
	}
	for i := range s.closings {
		s.closings[i].close(s.m.slots[s.closings[i].Dst])
	}
	for i := range s.spreads {
		s.spreads[i].close(s.m.slots[s.spreads[i].Dst])
	}
}

// runTile runs a loop of one tile.
func (s *loopStep[F]) runTile() {
	if s.feeds != s.m.feeds {
		s.feeds = s.m.feeds
		w := window[F]{loopStep: s, blocks: s.Blocks}
		for i := range s.Micros {
			w.find(&s.Micros[i], &s.bounds[i])
		}
	}
	s.start(0)
	for i := range s.bounds {
		s.bounds[i].run()
	}
}

// start prepares the closings for the tiles of a part.
func (s *loopStep[F]) start(part int) {
	for i := range s.closings {
		s.closings[i].start(part)
	}
	for i := range s.spreads {
		s.spreads[i].start(part)
	}
}

// runPart runs the tiles of one part.
func (s *loopStep[F]) runPart(part int) {
	s.start(part)
	var c bound[F]
	for t := part * s.Tiles / s.Parts; t < (part+1)*s.Tiles/s.Parts; t++ {
		from := t * s.Tile
		w := window[F]{loopStep: s, part: part, from: from, blocks: min(s.Tile, s.Blocks-from)}
		for i := range s.Micros {
			w.find(&s.Micros[i], &c)
			c.run()
		}
	}
}

// A window is a tile of a loop: blocks blocks from the block from.
type window[F kernel.Float] struct {
	*loopStep[F]
	part, from, blocks int
}

// find makes c a micro-instruction with its operands in the window.
func (w *window[F]) find(m *Micro, c *bound[F]) {
	c.Micro, c.part = m, w.part
	for i := range m.Operands {
		s := &m.Grid.Strides[1+i]
		c.in[i] = kernel.Operand[F]{Data: w.data(m.In[i]), Row: s[1], Col: s[2]}
	}
	switch m.Kind {
	case DoCloseAll, DoCloseCols, DoCloseProduct:
		c.closing = &w.closings[m.Closing]
		return
	case DoCloseSpread:
		c.spread = &w.spreads[m.Closing]
		return
	case DoPick, DoOneHot:
		from, size := w.span(m.Labels)
		c.labels = w.m.labels[m.Labels.Slot][from : from+size]
	case DoBinary, DoSelect, DoFunction:
		c.lengths = m.Grid.Lengths
		c.lengths[m.Grid.Blocks] *= w.blocks
		c.operands = w.operands[w.part][:m.Operands]
	}
	c.dst = w.data(m.Dst)
}

// data returns the elements of an array that lie in the window.
func (w *window[F]) data(r Ref) []F {
	from, size := w.span(r)
	if r.Slot == None {
		return w.scratch[w.part][r.Offset : r.Offset+size]
	}
	return w.m.slots[r.Slot][from : from+size]
}

// span returns how many elements of an array lie before the window and in it.
func (w *window[F]) span(r Ref) (from, size int) {
	if r.PerBlock == 0 {
		return 0, r.Size
	}
	return r.PerBlock * w.from, r.PerBlock * w.blocks
}

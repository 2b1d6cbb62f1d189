package exec

import (
	"math"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/kernel/vec"
)

// The slots of the programs of this test.
const (
	x   = iota // (4, 3), fed
	w          // (3, 2), a parameter in float64
	row        // (3), a constant
	y          // the result of one instruction
	ys         // labels, one for each row of x
	more
	slots
)

// xs are the elements of x; a sum of any of them is exact in float32.
var xs = []float64{1, -2, 3, 0.5, -4, 2.5, 7, 8, -9, 1.5, 0, -6}

var ws = []float64{2, -1, 0.5, 3, -2, 4}

// source is memory that stays where it is.
type source Array

func (s source) Array() Array { return Array(s) }

// doubled is a definition: each element, and its label, twice.
type doubled struct{}

func (doubled) Fill(in [][]float64, out []float64) {
	for i := range out {
		out[i] = 2 * (in[0][i] + in[1][i/3])
	}
}

// square is a function without a kernel.
type square struct{}

func (square) Value(x []float64) float64 { return x[0] * x[0] }

// An array of a loop over rows of three elements: one for each, a row for all, one
// for each row.
func each(slot int) Ref   { return Ref{Slot: slot, PerBlock: 3} }
func forAll(slot int) Ref { return Ref{Slot: slot, Size: 3} }
func perRow(slot int) Ref { return Ref{Slot: slot, PerBlock: 1} }
func scratch(at int) Ref  { return Ref{Slot: None, Offset: at, PerBlock: 3} }
func once(m ...Micro) *Loop {
	return &Loop{Blocks: 4, Tile: 4, Tiles: 1, Parts: 1, Scratch: 16, Micros: m}
}
func tiled(l *Loop) *Loop { l.Tile, l.Tiles, l.Parts = 1, 4, 2; return l }

// dense is the loops over whole rows, of arrays that have an element for each row and
// column.
var dense = Grid{Lengths: [3]int{1, 1, 3}, Blocks: 1, Strides: [4][3]int{{0, 3, 1}, {0, 3, 1}, {0, 3, 1}, {0, 3, 1}}}

// withRow is dense, but the second operand is one row.
var withRow = Grid{Lengths: [3]int{1, 1, 3}, Blocks: 1, Strides: [4][3]int{{0, 3, 1}, {0, 3, 1}, {0, 0, 1}}}

// instructions, with the size of y and its i-th element by a plain formula.
var instructions = []struct {
	name string
	in   Instruction
	size int
	want func(i int) float64
}{
	{"product", &Product{M: 4, N: 2, K: 3, A: x, B: w, C: y, Bias: None}, 8, times},
	{"product with an activation", &Product{M: 4, N: 2, K: 3, A: x, B: w, C: y, Bias: None, Act: vec.ReLU}, 8, func(i int) float64 { return max(times(i), 0) }},
	{"product with a bias", &Product{M: 4, N: 3, K: 3, A: x, B: more, C: y, Bias: row}, 12, func(i int) float64 {
		sum := float64(10 * (i % 3))
		for k := range 3 {
			sum += xs[i/3*3+k] * float64(k*3+i%3)
		}
		return sum
	}},
	{"transposed product", &Product{M: 3, N: 3, K: 4, TransA: true, A: x, B: x, C: y, Bias: None}, 9, func(i int) float64 {
		sum := 0.0
		for k := range 4 {
			sum += xs[k*3+i/3] * xs[k*3+i%3]
		}
		return sum
	}},
	{"fold of rows", &Fold{Op: vec.ReduceSum, Outer: 4, Middle: 3, Inner: 1, X: x, Y: y}, 4, func(i int) float64 { return xs[3*i] + xs[3*i+1] + xs[3*i+2] }},
	{"fold of columns", &Fold{Op: vec.ReduceMax, Outer: 2, Middle: 2, Inner: 3, X: x, Y: y}, 6, func(i int) float64 { return max(xs[i/3*6+i%3], xs[i/3*6+3+i%3]) }},
	{"move", moved(), 15, func(i int) float64 {
		if i%5 == 0 {
			return 0
		}
		return xs[(i%5-1)*3+i/5]
	}},
	{"call", &Call{Definition: doubled{}, In: []CallOperand{{Slot: x, Size: 12}, {Slot: ys, Size: 4, Labels: true}}, Out: y, Size: 12}, 12, func(i int) float64 { return 2 * (xs[i] + float64(labels[i/3])) }},
	{"loop of one tile", chain(), 12, chained},
	{"loop of four tiles", tiled(chain()), 12, chained},
	{"pick", once(Micro{Kind: DoPick, Dst: perRow(y), In: [3]Ref{each(x)}, Operands: 1, Cols: 3, Labels: perRow(ys)}), 4, func(i int) float64 { return xs[3*i+labels[i]] }},
	{"one hot", tiled(once(Micro{Kind: DoOneHot, Dst: each(y), Cols: 3, Labels: perRow(ys)})), 12, func(i int) float64 {
		if labels[i/3] == i%3 {
			return 1
		}
		return 0
	}},
	{"choice", once(Micro{Kind: DoSelect, Dst: each(y), In: [3]Ref{each(x), forAll(row), each(x)}, Operands: 3, Grid: Grid{
		Lengths: [3]int{1, 1, 3}, Blocks: 1, Strides: [4][3]int{{0, 3, 1}, {0, 3, 1}, {0, 0, 1}, {0, 3, 1}},
	}}), 12, func(i int) float64 {
		if xs[i] != 0 {
			return float64(10 * (i % 3))
		}
		return 0
	}},
	{"closing of columns", closingOf(Closing{Op: vec.ReduceSum, Dst: y, Width: 3}, DoCloseCols), 3, func(i int) float64 { return xs[i] + xs[3+i] + xs[6+i] + xs[9+i] }},
	{"closing of everything", closingOf(Closing{Op: vec.ReduceMax, Dst: y}, DoCloseAll), 1, func(int) float64 { return 8 }},
	{"closing of products", closingOf(Closing{Op: vec.ReduceSum, Dst: y}, DoCloseProduct), 1, func(int) float64 {
		sum := 0.0
		for _, v := range xs {
			sum += v * v
		}
		return sum
	}},
	{"spread", spreadOf(), 3, spreadOfColumn},
	{"spread of four tiles", tiled(spreadOf()), 3, spreadOfColumn},
	{"blocks of rows", onRows(4), 6, gram},
	{"blocks of rows with a tail", onRows(3), 6, gram},
}

var labels = []int{2, 0, 1, 1}

// times is an element of x·w.
func times(i int) float64 {
	return xs[i/2*3]*ws[i%2] + xs[i/2*3+1]*ws[2+i%2] + xs[i/2*3+2]*ws[4+i%2]
}

// moved is the transpose of x behind a column of zeros.
func moved() *Move {
	m := &Move{Dst: y, Clear: true}
	m.Add(Piece{Src: x, Lengths: []int{3, 1, 4}, From: []int{1, 5, 3}, To: []int{5, 9, 1}, ToOffset: 1})
	return m
}

// chain is (−x)² + row, of which the first two live in scratch memory.
func chain() *Loop {
	return once(
		Micro{Kind: DoUnary, Unary: vec.Neg, Dst: scratch(0), In: [3]Ref{each(x)}, Operands: 1},
		Micro{Kind: DoFunction, Function: square{}, Dst: scratch(0), In: [3]Ref{scratch(0)}, Operands: 1, Grid: dense},
		Micro{Kind: DoBinary, Binary: vec.Add, Dst: each(y), In: [3]Ref{scratch(0), forAll(row)}, Operands: 2, Grid: withRow},
	)
}

func chained(i int) float64 { return xs[i]*xs[i] + float64(10*(i%3)) }

func spreadOf() *Loop {
	l := once(Micro{Kind: DoCloseSpread, In: [3]Ref{each(x)}, Operands: 1})
	l.Spreads = []Spread{{Dst: y, Width: 3}}
	return l
}

// spreadOfColumn is the sum of squared distances from the mean of a column of x.
func spreadOfColumn(i int) float64 {
	mean, sum := (xs[i]+xs[3+i]+xs[6+i]+xs[9+i])/4, 0.0
	for k := range 4 {
		sum += (xs[3*k+i] - mean) * (xs[3*k+i] - mean)
	}
	return sum
}

func closingOf(c Closing, kind MicroKind) *Loop {
	l := tiled(once(Micro{Kind: kind, Reduce: c.Op, In: [3]Ref{each(x), each(x)}, Operands: 2}))
	l.Closings = []Closing{c}
	return l
}

// onRows is xᵀ·(x·w), of so many rows at a time.
func onRows(block int) *Rows {
	of := func(rows int) *RowsProgram {
		return &RowsProgram{
			Program: &Program{
				Slots: 4, Arena: 16, Values: []Value{{Slot: 2, Size: 2 * rows}},
				Params: []Param{{Slot: 1, Size: 6, Source: source{Float64: ws}}},
				Instructions: []Instruction{
					&Product{M: rows, N: 2, K: 3, A: 0, B: 1, C: 2, Bias: None},
					&Product{M: 3, N: 2, K: rows, TransA: true, A: 0, B: 2, C: 3, Bias: None, Adds: true},
				},
			},
			Operands: []RowsOperand{{Slot: 0, PerRow: 3}, {Slot: None}},
			Results:  []RowsOutput{{Slot: 3, Adds: true}},
		}
	}
	r := &Rows{Batch: 4, Block: block, Parts: 1, Sums: 6, Operands: []int{x, w}, Results: []RowsResult{{Slot: y, Size: 6}}, Whole: of(block)}
	if block < 4 {
		r.Tail = of(4 % block)
	}
	return r
}

func gram(i int) float64 {
	sum := 0.0
	for k := range 4 {
		sum += xs[k*3+i/2] * times(k*2+i%2)
	}
	return sum
}

// program makes a program of one instruction, with y for its output.
func program(single bool, in Instruction, size int) *Program {
	numbers := make([]float64, 9)
	for i := range numbers {
		numbers[i] = float64(i)
	}
	if r, ok := in.(*Rows); ok {
		r.Whole.Program.Float32 = single
		if r.Tail != nil {
			r.Tail.Program.Float32 = single
		}
	}
	return &Program{
		Float32: single, Slots: slots, Arena: 64, Values: []Value{{Slot: y, Offset: 16, Size: size}},
		Params: []Param{{Slot: w, Size: 6, Source: source{Float64: ws}}},
		Constants: []Constant{
			{Slot: row, Size: 3, Source: source{Float32: []float32{0, 10, 20}}},
			{Slot: more, Size: 9, Source: source{Float64: numbers}},
		},
		Outputs: []int{y}, Instructions: []Instruction{in}, Guard: 1,
	}
}

// run runs a machine on x and returns its output.
func run(m Machine, single bool) []float64 {
	in := Array{Float64: xs}
	if single {
		in = Array{Float32: make([]float32, len(xs))}
		convert(in.Float32, Array{Float64: xs})
	}
	m.Feed(x, in)
	m.FeedLabels(ys, labels)
	m.Compute()
	m.Commit()
	out := m.Output(0)
	wide := make([]float64, len(out.Float32)+len(out.Float64))
	convert(wide, out)
	return wide
}

// Every instruction computes its formula, in both precisions, again on its second run,
// and when machines share the program. All numbers are exact.
func TestInstructions(t *testing.T) {
	for _, tt := range instructions {
		for _, single := range []bool{true, false} {
			t.Run(tt.name, func(t *testing.T) {
				want := make([]float64, tt.size)
				for i := range want {
					want[i] = tt.want(i)
				}
				p := program(single, tt.in, tt.size)
				var machines sync.WaitGroup
				results := make([][]float64, 4)
				for k := range 2 {
					machines.Go(func() {
						m := NewMachine(p)
						results[2*k], results[2*k+1] = run(m, single), run(m, single)
					})
				}
				machines.Wait()
				for _, got := range results {
					require.Equal(t, want, got, "float32 %v", single)
				}
			})
		}
	}
}

// A parameter of the program's precision is the memory itself; an output that must be
// finite and is not keeps it as it is.
func TestCommit(t *testing.T) {
	memory := []float64{1, 2, 3}
	p := &Program{
		Slots: 4, Arena: 32, Values: []Value{{Slot: 2, Size: 3}, {Slot: 3, Offset: 16, Size: 1}},
		Params:  []Param{{Slot: 1, Size: 3, Source: source{Float64: memory}}},
		Outputs: []int{3},
		Instructions: []Instruction{
			&Fold{Op: vec.ReduceSum, Outer: 1, Middle: 3, Inner: 1, X: 0, Y: 3},
			&Loop{Blocks: 1, Tile: 1, Tiles: 1, Parts: 1, Micros: []Micro{{Kind: DoUnary, Unary: vec.Neg, Dst: Ref{Slot: 1, Size: 3}, In: [3]Ref{{Slot: 1, Size: 3}}, Operands: 1}}},
		},
		Guard: 1, Finite: []int{0},
	}
	m := NewMachine(p)
	m.Feed(0, Array{Float64: []float64{1, math.Inf(1), 3}})
	m.Compute()
	assert.Equal(t, 0, m.Commit())
	assert.Equal(t, []float64{1, 2, 3}, memory)
	m.Feed(0, Array{Float64: []float64{1, 2, 3}})
	m.Compute()
	assert.Equal(t, -1, m.Commit())
	assert.Equal(t, []float64{-1, -2, -3}, memory)
}

// A product that guards makes the run suspect if it is not finite.
func TestGuards(t *testing.T) {
	m := NewMachine(program(true, &Product{M: 4, N: 2, K: 3, A: x, B: w, C: y, Bias: None, Guards: true}, 8))
	in := make([]float32, 12)
	m.Feed(x, Array{Float32: in})
	assert.False(t, m.Compute())
	in[7] = float32(math.NaN())
	assert.True(t, m.Compute())
	in[7] = 0
	assert.False(t, m.Compute())
}

// A step works in the arena where it has room, and else in memory of the machine.
func TestWorkspace(t *testing.T) {
	m := newMachine[float32](&Program{Arena: 64})
	inside, outside := m.workspaceOf(20, Span{Offset: 16, Size: 32}), m.workspaceOf(40, Span{Offset: 16, Size: 32})
	assert.Len(t, *inside, 20)
	assert.Same(t, &m.arena[16], &(*inside)[0])
	assert.Same(t, &m.workspace, outside)
	assert.Equal(t, 40, m.reserved)
}

package exec

import "declive/internal/kernel"

// A Machine is a program with memory. It serves one goroutine at a time.
type Machine interface {
	// Feed makes x the array of a slot. It is read in place, until another is fed.
	Feed(slot int, x Array)
	// FeedLabels makes ys, class indices, the labels of a slot.
	FeedLabels(slot int, ys []int)
	// Compute runs the program up to where it writes into parameters. It reports
	// whether a product that guards its factors was not finite.
	Compute() (suspect bool)
	// Commit runs the rest and returns −1; or it returns the index of an output
	// that must be finite and is not, and changes no parameter.
	Commit() (bad int)
	// Watch calls f after every instruction of the outermost program, with each of
	// the outputs that it completes or, if there is none, with −1. A nil f ends that.
	Watch(f func(output int))
	// Output returns the memory that every run writes the i-th output into.
	Output(i int) Array
}

// NewMachine returns a machine with memory for p.
func NewMachine(p *Program) Machine {
	if p.Float32 {
		return newMachine[float32](p)
	}
	return newMachine[float64](p)
}

// A step is an instruction bound to the memory of a machine.
type step interface{ run() }

// machine is a Machine in one precision.
type machine[F kernel.Float] struct {
	program *Program
	slots   [][]F
	labels  [][]int // by slot
	steps   []step
	loads   []load[F]
	stores  [][]F // of the program's copies: the parameters' memory

	positions [][]byte // by slot, of the results of pools: where they were found

	arena     []F
	workspace []F // that steps use in turn which find no room in the arena
	reserved  int // its elements

	watch    func(output int) // nil for nobody
	complete [][]int          // the outputs that each step completes, if somebody watches

	suspect bool // a product that guards was not finite
	feeds   int  // counts the times that an array was fed from other memory than before
}

// A load converts a parameter of the other precision.
type load[F kernel.Float] struct {
	to   []F
	from Source
}

func newMachine[F kernel.Float](p *Program) *machine[F] {
	m := &machine[F]{program: p, slots: make([][]F, p.Slots), labels: make([][]int, p.Slots), positions: make([][]byte, p.Slots)}
	for _, c := range p.Constants {
		m.slots[c.Slot] = m.constant(c)
	}
	for _, x := range p.Params {
		m.bindParam(x)
	}
	m.arena = make([]F, p.Arena)
	for _, v := range p.Values {
		m.slots[v.Slot] = m.arena[v.Offset : v.Offset+v.Size]
	}
	for _, e := range p.Early {
		m.slots[e.To] = make([]F, e.Size)
	}
	for _, c := range p.Copies {
		m.stores = append(m.stores, numbers[F](c.To.Array()))
	}
	for _, in := range p.Instructions {
		m.steps = append(m.steps, bind(m, in))
	}
	m.workspace = make([]F, m.reserved)
	return m
}

// workspaceOf returns where a step will find so many elements to work in: in the arena,
// if they have room in a free piece, or else in memory that the machine has when it runs.
// How many they are depends on the cores, which a program does not know.
func (m *machine[F]) workspaceOf(elements int, free Span) *[]F {
	if elements <= free.Size {
		own := m.arena[free.Offset:][:elements]
		return &own
	}
	m.reserved = max(m.reserved, elements)
	return &m.workspace
}

// bind gives an instruction to a machine of either precision.
func bind[F kernel.Float](m *machine[F], in Instruction) step {
	if m, ok := any(m).(*machine[float32]); ok {
		return in.bind32(m)
	}
	return in.bind64(any(m).(*machine[float64]))
}

func (m *machine[F]) constant(c Constant) []F {
	out := make([]F, c.Size)
	if c.Source != nil {
		convert(out, c.Source.Array())
		return out
	}
	for i := range out {
		out[i] = F(c.Scalar)
	}
	return out
}

func (m *machine[F]) bindParam(p Param) {
	if x := numbers[F](p.Source.Array()); x != nil {
		m.slots[p.Slot] = x
		return
	}
	own := make([]F, p.Size)
	m.slots[p.Slot] = own
	m.loads = append(m.loads, load[F]{own, p.Source})
}

func (m *machine[F]) Feed(slot int, x Array) { m.inputChanged(refeed(&m.slots[slot], numbers[F](x))) }

func (m *machine[F]) FeedLabels(slot int, ys []int) { m.inputChanged(refeed(&m.labels[slot], ys)) }

// refeed points a slot to memory, and reports whether it pointed elsewhere.
func refeed[T any](slot *[]T, memory []T) bool {
	same := len(*slot) > 0 && len(memory) > 0 && &(*slot)[0] == &memory[0]
	*slot = memory
	return !same
}

func (m *machine[F]) inputChanged(yes bool) {
	if yes {
		m.feeds++
	}
}

func (m *machine[F]) Compute() (suspect bool) {
	m.load()
	for _, e := range m.program.Early {
		copy(m.slots[e.To], m.slots[e.From])
	}
	m.tellLeaves()
	m.run(0, m.program.Guard)
	return m.suspect
}

// load prepares a run: it converts parameters of the other precision.
func (m *machine[F]) load() {
	m.suspect = false
	for _, l := range m.loads {
		convert(l.to, l.from.Array())
	}
}

func (m *machine[F]) Commit() (bad int) {
	for _, i := range m.program.Finite {
		if v := m.slots[m.program.Outputs[i]][0]; v-v != 0 {
			return i
		}
	}
	m.run(m.program.Guard, len(m.steps))
	for i, c := range m.program.Copies {
		copy(m.stores[i], m.slots[c.Slot])
	}
	return -1
}

// run executes the steps up to, not including, to.
func (m *machine[F]) run(from, to int) {
	if m.watch != nil {
		m.runWatched(from, to)
		return
	}
	for _, s := range m.steps[from:to] {
		s.run()
	}
}

func (m *machine[F]) Output(i int) Array { return array(m.slots[m.program.Outputs[i]]) }

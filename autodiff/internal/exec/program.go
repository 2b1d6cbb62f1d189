package exec

// A Program is a computation as data. Its arrays are numbered: a slot is the
// number of an array.
type Program struct {
	Float32 bool // the precision of all arrays, else float64
	Slots   int  // how many arrays there are
	Arena   int  // elements of the memory that values lie in

	Constants []Constant
	Params    []Param
	Values    []Value
	Early     []Early
	Outputs   []int // slots
	Ready     []int // of each output, the instructions that have run when it is there and not read any more

	Instructions []Instruction
	Guard        int     // the first instruction that writes into a parameter
	Finite       []int   // outputs, of one element, that must be finite before that
	Copies       []Store // assignments that are made after all instructions
}

// An Array is memory for numbers: Float32 in that precision, else Float64.
type Array struct {
	Float32 []float32
	Float64 []float64
}

// A Source is memory outside programs. Machines ask for it when they are made, and
// again at every run if its precision was not the program's then.
type Source interface{ Array() Array }

// A Constant is an array of Size elements that never changes: copies of Scalar,
// or those of Source.
type Constant struct {
	Slot, Size int
	Scalar     float64
	Source     Source // nil for a scalar
}

// A Param is an array that lies outside: the slot is the memory itself, or, if
// its precision is not the program's, a copy that every run makes.
type Param struct {
	Slot, Size int
	Source     Source
}

// A Value is an array in the arena.
type Value struct{ Slot, Offset, Size int }

// An Early is a copy, in memory of its own, of a leaf that may have changed when
// it is read: an output, or what a parameter is assigned.
type Early struct{ From, To, Size int }

// A Store writes an array to a parameter.
type Store struct {
	Slot int
	To   Source
}

// An Instruction is one step of a program: a pointer to one of the structs named
// in the package's documentation.
type Instruction interface {
	bind32(*machine[float32]) step
	bind64(*machine[float64]) step
}

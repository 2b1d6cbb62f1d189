package kernel

import "slices"

// An ISA is an instruction set for which kernels may have assembly. Those that a
// machine has are ordered: the later includes the earlier and is faster.
type ISA uint8

// The instruction sets.
const (
	Generic ISA = iota // plain Go, on every processor
	AVX2               // amd64: AVX2 and FMA, vectors of 32 bytes
	AVX512             // amd64: AVX-512 F, BW, DQ and VL, vectors of 64 bytes
	NEON               // arm64: Advanced SIMD, vectors of 16 bytes
	numISA
)

var isaNames = [numISA]string{"generic", "avx2", "avx512", "neon"}

// String returns the name of the instruction set, in lower case.
func (s ISA) String() string { return isaNames[s] }

// available holds the instruction sets of the machine, the best last.
var available = detect()

// inUse is the instruction set that kernels use.
var inUse = available[len(available)-1]

// Available returns the instruction sets that the machine has and the program
// may use, the best last. The first is [Generic].
func Available() []ISA { return slices.Clone(available) }

// InUse returns the instruction set that kernels use: the best that is
// available.
func InUse() ISA { return inUse }

// Use makes kernels use s, which is available, and returns what they used
// before. It is for tests and benchmarks, which run every variant on one
// machine: no kernel may run meanwhile, and products have to be planned again.
func Use(s ISA) (before ISA) {
	before, inUse = inUse, s
	return before
}

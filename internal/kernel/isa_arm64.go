//go:build !purego

package kernel

// detect returns the instruction sets of the machine, the best last: Go runs on
// no arm64 processor without NEON.
func detect() []ISA { return []ISA{Generic, NEON} }

//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// detect returns the instruction sets of the machine, the best last. The package
// cpu asks the processor and the system, and leaves out what GODEBUG turns off.
func detect() []ISA {
	x := &cpu.X86
	switch avx2 := x.HasAVX2 && x.HasFMA; {
	case avx2 && x.HasAVX512F && x.HasAVX512BW && x.HasAVX512DQ && x.HasAVX512VL:
		return []ISA{Generic, AVX2, AVX512}
	case avx2:
		return []ISA{Generic, AVX2}
	}
	return []ISA{Generic}
}

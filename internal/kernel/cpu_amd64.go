//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// useAVX2 and useAVX512 say which assembly the kernels may call. Only tests
// change them, to run each variant on one machine.
var (
	useAVX2   = cpu.X86.HasAVX2 && cpu.X86.HasFMA
	useAVX512 = useAVX2 && cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512VL
)

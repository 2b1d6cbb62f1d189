//go:build (!amd64 && !arm64) || purego

package kernel

// detect returns the only instruction set: kernels are in plain Go.
func detect() []ISA { return []ISA{Generic} }

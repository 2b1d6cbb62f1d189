//go:build !purego

package vec

import (
	"unsafe"

	"declive/internal/kernel"
)

// transposed is the side of the square blocks of a transposeKernel, in bytes.
const transposed = 16

// longest is the number of elements that one call into assembly may take,
// which cannot be preempted: below 100 µs of the slowest function. Softplus of
// float64 takes 53 cycles a number on an Apple M1 as llvm-mca has it.
const longest = 1 << 12

// assembly returns the kernels to use, nil for plain Go.
func assembly[F kernel.Float]() *kernels[F] {
	switch single := kernel.Size[F]() == 4; {
	case kernel.InUse() != kernel.NEON:
		return nil
	case single:
		return (*kernels[F])(unsafe.Pointer(&kernelsNEONF32))
	}
	return (*kernels[F])(unsafe.Pointer(&kernelsNEONF64))
}

//go:build !purego

package vec

import (
	"unsafe"

	"declive/internal/kernel"
)

// transposed is the side of the square blocks of a transposeKernel, in bytes.
const transposed = 16

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

//go:build !purego

package vec

import (
	"unsafe"

	"declive/internal/kernel"
)

// transposed is the side of the square blocks of a transposeKernel, in bytes.
const transposed = 32

// longest is the number of elements that one call into assembly may take,
// which cannot be preempted: below 100 µs of the slowest function.
const longest = 1 << 15

// assembly returns the kernels to use, nil for plain Go.
func assembly[F kernel.Float]() *kernels[F] {
	single := kernel.Size[F]() == 4
	switch kernel.InUse() {
	case kernel.AVX512:
		if single {
			return (*kernels[F])(unsafe.Pointer(&kernelsAVX512F32))
		}
		return (*kernels[F])(unsafe.Pointer(&kernelsAVX512F64))
	case kernel.AVX2:
		if single {
			return (*kernels[F])(unsafe.Pointer(&kernelsAVX2F32))
		}
		return (*kernels[F])(unsafe.Pointer(&kernelsAVX2F64))
	}
	return nil
}

//go:build !purego

package gemm

import (
	"unsafe"

	"declive/internal/kernel"
)

// kernelsInUse returns the assembly to use, nil for none.
func kernelsInUse[F kernel.Float]() *kernels[F] {
	var table any
	switch single := kernel.Size[F]() == 4; {
	case kernel.InUse() == kernel.AVX512 && single:
		table = &kernelsAVX512F32
	case kernel.InUse() == kernel.AVX512:
		table = &kernelsAVX512F64
	case kernel.InUse() == kernel.AVX2 && single:
		table = &kernelsAVX2F32
	case kernel.InUse() == kernel.AVX2:
		table = &kernelsAVX2F64
	default:
		return nil
	}
	return table.(*kernels[F])
}

// maskLanes holds, for AVX2, eight set and eight clear lanes of four bytes.
var maskLanes = [16]int32{-1, -1, -1, -1, -1, -1, -1, -1}

// mask selects the first n lanes, in the form that the kernels of ks take.
func (ks *kernels[F]) mask(n int) uintptr {
	if ks.lanes*kernel.Size[F]() == 64 {
		return 1<<n - 1
	}
	return uintptr(unsafe.Pointer(&maskLanes[8-n*kernel.Size[F]()/4]))
}

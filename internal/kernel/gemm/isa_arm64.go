//go:build !purego

package gemm

import "declive/internal/kernel"

// kernelsInUse returns the assembly to use, nil for none.
func kernelsInUse[F kernel.Float]() *kernels[F] {
	var table any
	switch single := kernel.Size[F]() == 4; {
	case kernel.InUse() != kernel.NEON:
		return nil
	case single:
		table = &kernelsNEONF32
	default:
		table = &kernelsNEONF64
	}
	return table.(*kernels[F])
}

// mask selects the first n lanes, in the form that the kernels of ks take.
func (ks *kernels[F]) mask(n int) uintptr { return uintptr(n) }

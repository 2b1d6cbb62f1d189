//go:build !purego

package conv

import "declive/internal/kernel"

// kernelsInUse returns the kernels to use.
func kernelsInUse[F kernel.Float]() *kernels[F] {
	var table any
	switch single := kernel.Size[F]() == 4; {
	case kernel.InUse() != kernel.NEON:
		return plain[F]()
	case single:
		table = &kernelsNEONF32
	default:
		table = &kernelsNEONF64
	}
	return table.(*kernels[F])
}

// mask selects the first n lanes, in the form that the kernels of ks take.
func (ks *kernels[F]) mask(n int) uintptr { return uintptr(n) }

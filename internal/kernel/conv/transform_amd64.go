//go:build !purego

package conv

import (
	"unsafe"

	"declive/internal/kernel"
)

// forms holds the kernel of each form.
type forms[F kernel.Float] [numForms]func(*transformArgs[F])

// transformArgs asks for blocks of a [transform].
type transformArgs[F kernel.Float] struct {
	src, dst, bias, scratch unsafe.Pointer
	rowSrc, colSrc          int
	rowDst, colDst          int
	vectors                 int
	floor                   F
}

// assembly applies a form, or returns false where that is left to plain Go.
func (t *transform[F]) assembly(ks *kernels[F], f form) bool {
	if ks.form[f] == nil {
		return false
	}
	size := kernel.Size[F]()
	a := &t.args
	a.src, a.dst, a.bias, a.scratch = address(t.src), address(t.dst), address(t.bias), address(t.scratch)
	a.rowSrc, a.colSrc, a.rowDst, a.colDst = t.rowSrc*size, t.colSrc*size, t.rowDst*size, t.colDst*size
	a.vectors, a.floor = t.channels/ks.lanes, t.floor
	ks.form[f](a)
	return true
}

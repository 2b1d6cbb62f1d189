//go:build (amd64 || arm64) && !purego

package conv

import (
	"unsafe"

	"declive/internal/kernel"
)

// assembly holds the kernels in assembly for one instruction set and element type,
// none for plain Go. The structs that they take are laid out as _asm/conv expects:
// strides in bytes, a field of eight bytes each but for the last.
type assembly[F kernel.Float] struct {
	tile   tiles[F]
	form   forms[F]   // float32 only
	window windows[F] // float32 only
}

// tiles holds a kernel for each number of rows and vectors, rows<<3 | vectors.
type tiles[F kernel.Float] [64]func(*tileArgs[F])

// tileArgs asks for strips of rows of a [product].
type tileArgs[F kernel.Float] struct {
	a, b, c, bias unsafe.Pointer
	rows          *row
	taps          *int32
	nTaps, k      int
	step, stepB   int
	strips        int     // at least 1, counted down
	mask          uintptr // lanes of the last vector, 0 for all
	add           int
	floor         F
}

// forms holds the kernel of each form.
type forms[F kernel.Float] [numForms]func(*transformArgs[F])

// transformArgs asks for blocks of a [transform].
type transformArgs[F kernel.Float] struct {
	src, dst, bias, scratch unsafe.Pointer
	rowSrc, colSrc          int
	rowDst, colDst          int
	vectors                 int // at least 1
	blocks                  int // at least 1, counted down
	nextSrc, nextDst        int // from block to block
	floor                   F
}

// windows holds the kernel of each kind of loop over windows.
type windows[F kernel.Float] [numPoolKinds]func(*windowArgs[F])

// windowArgs asks for channels of a [windowRun], in whole vectors: what a last one has
// behind a pixel's channels is stored, too, but by spread, which takes a mask.
type windowArgs[F kernel.Float] struct {
	src, dst           unsafe.Pointer
	at                 *byte
	taps               *windowTap
	nTaps              int
	pixels             int // at least 1, counted down
	vectors            int // at least 1
	apartSrc, apartDst int
	apartAt            int
	mask               uintptr // lanes of the last vector, 0 for all
}

func address[F kernel.Float](x []F) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

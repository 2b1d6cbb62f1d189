//go:build (amd64 || arm64) && !purego

package gemm

import (
	"unsafe"

	"declive/internal/kernel"
)

// kernels holds the assembly for one instruction set and element type. The
// structs that kernels take are laid out as _asm/gemm expects them: offsets and
// strides in bytes, a field of eight bytes each but for the last two.
type kernels[F kernel.Float] struct {
	lanes   int // elements of a vector
	rows    int // most rows of a tile of two vectors
	dotRows int // most rows of a dot of five columns

	tile, full shapes[tileArgs[F]] // rows × vectors; full, if there is one, takes no mask
	dot        shapes[dotArgs[F]]  // rows × rows
	packedDot  shapes[dotArgs[F]]  // the same for packed rows of B, if there is any
	pack       shapes[packArgs[F]] // 1 × vectors
	axpy       shapes[axpyArgs[F]] // rows × 1
	transpose  func(*transposeArgs[F])
	finish     func(*finishArgs[F])
}

// shapes holds kernels that differ in the shape of the block they compute.
type shapes[A any] [128]func(*A)

func (s *shapes[A]) at(rows, cols int) func(*A) { return s[rows<<3|cols] }

// tileArgs asks for blocks of C = alpha·op(A)·B + beta·C, one panel of B after
// the other.
type tileArgs[F kernel.Float] struct {
	a, b, c     unsafe.Pointer
	rowA, stepA int // from row to row of op(A), and from one k to the next
	stepB       int // from one k to the next in B
	panelB      int // from panel to panel of B
	rowC        int
	ahead       int // from where B is read to where it is prefetched
	k, panels   int // the number of panels is counted down
	mask        uintptr
	scale, add  int // whether alpha is not 1, and beta not 0
	alpha, beta F
}

// dotArgs asks for s[i][j] += Σₚ A[i][p]·B[j][p], in blocks. The sums of a single
// column are contiguous. Up to dotSlack sums behind a row are changed.
type dotArgs[F kernel.Float] struct {
	a, b, s          unsafe.Pointer
	rowA, rowB, rowS int
	vectors          int
	mask             uintptr // lanes of one more vector, 0 for none
	blocks           int     // at least 1, counted down

	nextA, nextB, nextS int // from block to block

	head uintptr // lanes of a vector before the others, 0 for none; AVX-512 only
	lead int     // from that vector to the others

	ahead int // from where A is read to where it is prefetched; of packed dots only
}

const dotSlack = 3

// packArgs asks for dst[q][p][j] = src[p][q·width+j].
type packArgs[F kernel.Float] struct {
	src, dst       unsafe.Pointer
	rows           int // at least 1, counted down
	rowSrc, rowDst int
	panels         int // at least 1
	panel          int // from panel to panel
	ahead          int // from where src is read to where it is prefetched
	mask           uintptr
}

// transposeArgs asks for the transposes of square blocks of 32 bytes a side.
type transposeArgs[F kernel.Float] struct {
	src, dst         unsafe.Pointer
	rowSrc, rowDst   int
	stepSrc, stepDst int // from block to block
	blocks           int // at least 1
	mask             uintptr
}

// finishArgs asks for C = max(alpha·S + beta·C + bias, 0), where c and s may be
// the same.
type finishArgs[F kernel.Float] struct {
	s, c, bias  unsafe.Pointer
	rows        int // at least 1, counted down
	rowS, rowC  int
	vectors     int
	mask        uintptr // lanes of one more vector, 0 for none
	add, relu   int     // whether beta is not 0, and whether to apply ReLU
	alpha, beta F
}

// axpyArgs asks for y[j] = Σₚ a[p]·X[p][j], or +=.
type axpyArgs[F kernel.Float] struct {
	x, a, y     unsafe.Pointer
	rowX, stepA int
	vectors     int
	mask        uintptr // lanes of one more vector, 0 for none
	add         int

	head uintptr // lanes of a vector before the others, 0 for none; AVX-512 only
	lead int     // from that vector to the others
}

// tail is the mask of the last n mod lanes elements of a row, 0 for none.
func (ks *kernels[F]) tail(n int) uintptr {
	if n %= ks.lanes; n > 0 {
		return ks.mask(n)
	}
	return 0
}

func address[F kernel.Float](x []F, i int) unsafe.Pointer { return unsafe.Pointer(&x[i]) }

func bit(condition bool) int {
	if condition {
		return 1
	}
	return 0
}

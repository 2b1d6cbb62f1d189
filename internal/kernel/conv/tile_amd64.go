//go:build !purego

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

// tileRows is the number of rows of a strip.
const tileRows = 6

// maxCall bounds the number of multiplications of one call to assembly, which
// cannot be preempted, in vectors: less than 100 µs.
const maxCall = 1 << 17

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

// kernelsInUse returns the kernels to use.
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
		return plain[F]()
	}
	return table.(*kernels[F])
}

// assembly computes the product, or returns false where that is left to plain Go.
func (p *product[F]) assembly(ks *kernels[F]) bool {
	if ks.tile[1<<3|1] == nil {
		return false
	}
	size := kernel.Size[F]()
	vectors := (p.cols + ks.lanes - 1) / ks.lanes
	t := &p.args
	t.a, t.b, t.c, t.bias = address(p.a), address(p.b), address(p.c), address(p.bias)
	t.taps, t.nTaps, t.k = unsafe.SliceData(p.taps), len(p.taps), p.k
	t.step, t.stepB = p.step*size, p.stepB*size
	t.mask = ks.tail(p.cols)
	t.add, t.floor = 0, p.floor
	if p.add {
		t.add = 1
	}
	most := max(1, maxCall/(len(p.taps)*p.k*tileRows*vectors+1))
	for rows := p.rows; len(rows) > 0; {
		height, strips := strips(len(rows))
		strips = min(strips, most)
		t.rows, t.strips = &rows[0], strips
		ks.tile[height<<3|vectors](t)
		rows = rows[height*strips:]
	}
	return true
}

// strips returns the height of the next strip of those for n rows, and how many
// of it follow each other: the last two share what is left for both.
func strips(n int) (height, count int) {
	rest := n % tileRows
	switch {
	case n < tileRows:
		return n, 1
	case rest == 0 || rest >= tileRows/2:
		return tileRows, n / tileRows
	case n > 2*tileRows:
		return tileRows, n/tileRows - 1
	}
	return (n + 1) / 2, 1
}

func address[F kernel.Float](x []F) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }

// maskLanes holds, for AVX2, eight set and eight clear lanes of four bytes.
var maskLanes = [16]int32{-1, -1, -1, -1, -1, -1, -1, -1}

// tail is the mask of the last n mod lanes elements of a row, in the form that
// kernels take, 0 for none.
func (ks *kernels[F]) tail(n int) uintptr {
	size := kernel.Size[F]()
	switch n %= ks.lanes; {
	case n == 0:
		return 0
	case ks.lanes*size == 64:
		return 1<<n - 1
	}
	return uintptr(unsafe.Pointer(&maskLanes[8-n*size/4]))
}

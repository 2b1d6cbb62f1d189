package conv

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/kerneltest"
)

// guarded returns n elements between pages that nobody may touch, up against the
// one behind them or, with front, the one before them.
func guarded[F kernel.Float](t *testing.T, n int, front bool) []F {
	t.Helper()
	page, size := syscall.Getpagesize(), kernel.Size[F]()
	bytes := kernel.RoundUp(max(1, n*size), page)
	memory, err := syscall.Mmap(-1, 0, bytes+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Munmap(memory) })
	require.NoError(t, syscall.Mprotect(memory[:page], syscall.PROT_NONE))
	require.NoError(t, syscall.Mprotect(memory[page+bytes:], syscall.PROT_NONE))
	first := page + bytes - n*size
	if front {
		first = page
	}
	return unsafe.Slice((*F)(unsafe.Pointer(&memory[first])), n)
}

// No kernel reads or writes beyond an operand or the workspace. A mistake ends the
// test program.
func TestBounds(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, front := range []bool{false, true} {
			for _, g := range sample(slices.Concat(geometries, winogradGeometries)) {
				for _, role := range roles {
					for _, by := range algorithms(g) {
						runGuarded[float32](t, g, role, by, front)
						runGuarded[float64](t, g, role, by, front)
					}
				}
			}
			for _, g := range pools {
				poolGuarded[float32](t, g, front)
				poolGuarded[float64](t, g, front)
			}
		}
	})
}

func runGuarded[F kernel.Float](t *testing.T, g Geometry, role Role, by algorithm, front bool) {
	a, b, c := g.operands(role)
	p := newPlan[F](g, role, by)
	var ep gemm.Epilogue[F]
	if role != Weights {
		ep.Bias = guarded[F](t, g.channels(role), front)
	}
	p.Run(guarded[F](t, a, front), guarded[F](t, b, front), guarded[F](t, c, front), ep, guarded[F](t, p.Workspace(), front))
}

func poolGuarded[F kernel.Float](t *testing.T, g Windows, front bool) {
	p := NewMaxPool[F](g)
	x, y, dx := guarded[F](t, p.lenX, front), guarded[F](t, p.lenY, front), guarded[F](t, p.lenX, front)
	copy(x, wholeNumbers[F](rand.New(rand.NewPCG(1, 2)), len(x)))
	page := guarded[float32](t, (p.lenY+3)/4, front)
	at := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(page))), 4*len(page))[4*len(page)-p.lenY:]
	p.Max(x, y, at)
	p.Pick(at, x, y)
	p.Spread(at, y, dx)
}

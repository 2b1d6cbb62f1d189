//go:build unix

package kerneltest

import (
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"declive/internal/kernel"
)

// A Guarded is memory between two pages that nobody may touch: a kernel that reads
// or writes a byte outside of its operands ends the program.
type Guarded[F kernel.Float] struct{ elements []F }

// NewGuarded returns memory for n elements, or a few more, until the test ends.
func NewGuarded[F kernel.Float](t testing.TB, n int) Guarded[F] {
	page := syscall.Getpagesize()
	size := kernel.RoundUp(n*kernel.Size[F](), page)
	all, err := syscall.Mmap(-1, 0, size+2*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Munmap(all)) })
	require.NoError(t, syscall.Mprotect(all[:page], syscall.PROT_NONE))
	require.NoError(t, syscall.Mprotect(all[page+size:], syscall.PROT_NONE))
	return Guarded[F]{unsafe.Slice((*F)(unsafe.Pointer(&all[page])), size/kernel.Size[F]())}
}

// First returns the first n elements, behind a guard.
func (g Guarded[F]) First(n int) []F { return g.elements[:n:n] }

// Last returns the last n elements, before a guard.
func (g Guarded[F]) Last(n int) []F { return g.elements[len(g.elements)-n:] }

// Bytes returns the memory of x as bytes.
func Bytes[F kernel.Float](x []F) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&x[0])), len(x)*kernel.Size[F]())
}

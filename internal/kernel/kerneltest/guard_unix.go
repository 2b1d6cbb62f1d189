//go:build unix

package kerneltest

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"declive/internal/kernel"
)

// A Guarded is memory between two pages that nobody may touch: a kernel that reads
// or writes a byte outside of its operands ends the program.
type Guarded[F kernel.Float] struct{ elements []F }

// NewGuarded returns memory for n elements, or a few more, until the test ends.
func NewGuarded[F kernel.Float](t testing.TB, n int) Guarded[F] {
	page := unix.Getpagesize()
	size := kernel.RoundUp(n*kernel.Size[F](), page)
	all, err := unix.Mmap(-1, 0, size+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, unix.Munmap(all)) })
	require.NoError(t, unix.Mprotect(all[:page], unix.PROT_NONE))
	require.NoError(t, unix.Mprotect(all[page+size:], unix.PROT_NONE))
	return Guarded[F]{unsafe.Slice((*F)(unsafe.Pointer(&all[page])), size/kernel.Size[F]())}
}

// First returns the first n elements, behind a guard.
func (g Guarded[F]) First(n int) []F { return g.elements[:n:n] }

// Last returns the last n elements, before a guard.
func (g Guarded[F]) Last(n int) []F { return g.elements[len(g.elements)-n:] }

// Bytes returns the memory of x as bytes.
func Bytes[F kernel.Float](x []F) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*kernel.Size[F]())
}

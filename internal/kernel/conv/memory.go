package conv

import "declive/internal/kernel"

// A memory is the layout of a piece of workspace.
type memory struct{ size int }

// A piece is a range of a memory.
type piece struct{ from, n int }

// take adds a piece of n elements, which begins with a line of the cache.
func (m *memory) take(n int) piece {
	p := piece{m.size, n}
	m.size += kernel.RoundUp(n, kernel.Line/4)
	return p
}

// in returns the piece of a workspace that is laid out so.
func in[F kernel.Float](p piece, workspace []F) []F { return workspace[p.from:][:p.n] }

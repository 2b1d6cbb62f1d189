//go:build (amd64 || arm64) && !purego

package gemm

import "declive/internal/kernel"

// columnsOfB are columns of op(B) for the dot kernels: as rows that lie ld apart,
// or packed. Packed, blocks of dotCols columns lie dotCols·ld apart, the last one
// with the columns that are left; a block holds the first vector of each of its
// columns, then the second of each, and so on. What is used together is one run
// that stays in the first level of cache, and no vector lies in two lines.
type columnsOfB[F kernel.Float] struct {
	b      []F
	ld     int
	packed bool
}

// point points d at step p, the first of a vector, of a block of cols columns from
// j, and returns the kernel for a number of rows with them.
func (c *columnsOfB[F]) point(ks *kernels[F], d *dotArgs[F], p, j, rows, cols int) func(*dotArgs[F]) {
	if c.packed && cols > 1 {
		d.b = address(c.b, j*c.ld+p*cols)
		return ks.packedDot.at(rows, cols)
	}
	d.b = address(c.b, j*c.ld+p)
	return ks.dot.at(rows, cols)
}

// packsDots reports whether columns of B are packed. It does not pay for those
// that stay in the first level of cache, of 32 KiB, nor for few rows of A.
func (g *Plan[F]) packsDots() bool {
	return g.kernels.packedDot.at(1, dotCols) != nil && g.n > 1 && g.m >= 32 && g.n*g.k*g.size > 32<<10
}

// dotColumnsOfB returns columns r.j0 to r.j1−1 of op(B), copied where they are not
// contiguous or where packing pays.
func (g *Plan[F]) dotColumnsOfB(s *scratch[F], r block) columnsOfB[F] {
	packs, cols := g.packsDots(), r.j1-r.j0
	if g.stepB == 1 && !packs {
		return columnsOfB[F]{b: g.b[r.j0*g.colB:], ld: g.colB}
	}
	side := 32 / g.size
	c := columnsOfB[F]{ld: kernel.RoundUp(g.k, 16) + 16, packed: packs}
	c.b = kernel.Grow(&s.b, kernel.RoundUp(cols, side)*c.ld+side*side)
	if s.holds(packed{g.serial, 0, r.j0, r.j1}) {
		return c
	}
	if !packs {
		g.transposeColumns(s, c.b, r.j0, cols, c.ld, side)
		return c
	}
	for j := 0; j < cols; j += dotCols {
		n := min(dotCols, cols-j)
		if g.stepB == 1 {
			g.packDots(s, c.b[j*c.ld:], r.j0+j, n)
		} else {
			g.transposeColumns(s, c.b[j*c.ld:], r.j0+j, n, side, n*side)
		}
	}
	return c
}

// packDots packs n contiguous columns of op(B) from column j into dst.
func (g *Plan[F]) packDots(s *scratch[F], dst []F, j, n int) {
	ks := g.kernels
	whole, most := g.k/ks.lanes, maxMoves/n
	s.pack = packArgs[F]{rowSrc: g.colB * g.size, rowDst: ks.lanes * g.size, panel: n * ks.lanes * g.size, mask: ks.mask(ks.lanes)}
	for v := 0; v < whole; v += most {
		s.pack.src, s.pack.dst = address(g.b, j*g.colB+v*ks.lanes), address(dst, v*n*ks.lanes)
		s.pack.rows, s.pack.panels = n, min(most, whole-v)
		ks.pack.at(1, 1)(&s.pack)
	}
	if rest := g.k % ks.lanes; rest > 0 {
		s.pack.src, s.pack.dst = address(g.b, j*g.colB+whole*ks.lanes), address(dst, whole*n*ks.lanes)
		s.pack.rows, s.pack.panels, s.pack.mask = n, 1, ks.mask(rest)
		ks.pack.at(1, 1)(&s.pack)
	}
}

// transposeColumns copies n columns of op(B) from column j to dst, where they are
// row apart, and blocks of 32 bytes of each step. A square block of fewer columns
// writes more rows than it has: what belongs there is written later.
func (g *Plan[F]) transposeColumns(s *scratch[F], dst []F, j, n, row, step int) {
	side := 32 / g.size
	whole, most := g.k/side, maxMoves/side
	for q := (n - 1) / side * side; q >= 0; q -= side {
		for v := 0; v < whole; v += most {
			s.transpose = transposeArgs[F]{
				src: address(g.b, v*side*g.stepB+j+q), dst: address(dst, q*row+v*step),
				rowSrc: g.stepB * g.size, rowDst: row * g.size,
				stepSrc: side * g.stepB * g.size, stepDst: step * g.size,
				blocks: min(most, whole-v), mask: g.kernels.mask(min(side, n-q)),
			}
			g.kernels.transpose(&s.transpose)
		}
	}
	for p := whole * side; p < g.k; p++ {
		for q := range n {
			dst[q*row+whole*step+p-whole*side] = g.b[p*g.stepB+j+q]
		}
	}
}

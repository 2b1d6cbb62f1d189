//go:build !purego

package kernel

import "unsafe"

// packedTiles copies blocks of B, in panels as wide as a tile, and strips of A
// to where they stay in cache: the general path.
func (g *Gemm[F]) packedTiles(s *gemmScratch[F], r block) {
	ks := g.kernels
	width := 2 * ks.lanes
	kc, nc := g.blocking()
	for j := r.j0; j < r.j1; j += nc {
		end := min(r.j1, j+nc)
		for p := 0; p < g.k; p += kc {
			steps := min(kc, g.k-p)
			panel := roundUp(steps, 8)*width + 64/g.size
			g.packB(s, p, steps, j, end, panel)
			last := p+steps == g.k
			for i := r.i0; i < r.i1; {
				rows := g.strip(r.i1 - i)
				g.packA(s, i, rows, p, steps, end-j > 2*width)
				t := &s.tile
				t.b, t.c = address(s.b, 0), address(g.c, i*g.ldc+j)
				t.stepB, t.panelB, t.rowC = width*g.size, panel*g.size, g.ldc*g.size
				t.ahead, t.k = 4*width*g.size, steps
				g.setScale(t, p)
				ks.panels(t, rows, width, end-j)
				if last {
					g.finishRows(s, block{i, i + rows, j, end})
				}
				i += rows
			}
		}
	}
}

// blocking returns the sizes along k and n of the packed block of B. It depends
// on k alone, so that sums are formed alike in every part of C.
func (g *Gemm[F]) blocking() (kc, nc int) {
	kc, nc = 384, 512
	if g.size == 8 {
		kc, nc = 256, 384
	}
	blocks := max(1, (g.k+kc/2)/kc)
	return (g.k + blocks - 1) / blocks, nc
}

// packA points the tile at rows i to i+rows−1 of op(A), steps p to p+steps−1,
// copied if asked to or if they are not contiguous.
func (g *Gemm[F]) packA(s *gemmScratch[F], i, rows, p, steps int, pack bool) {
	t := &s.tile
	switch {
	case g.stepA != 1:
		g.packColumns(s, i, rows, p, steps)
	case pack:
		ld := roundUp(steps, 16) + 16
		buf := grow(&s.a, g.kernels.rows*ld)
		for q := range rows {
			copy(buf[q*ld:][:steps], g.a[(i+q)*g.rowA+p:])
		}
		t.a, t.rowA, t.stepA = address(buf, 0), ld*g.size, g.size
	default:
		t.a, t.rowA, t.stepA = address(g.a, i*g.rowA+p*g.stepA), g.rowA*g.size, g.stepA*g.size
	}
}

// packColumns is packA for a transposed A, whose columns become rows.
func (g *Gemm[F]) packColumns(s *gemmScratch[F], i, rows, p, steps int) {
	ks := g.kernels
	ld := roundUp(rows, ks.lanes)
	buf := grow(&s.a, roundUp(ks.rows, ks.lanes)*steps)
	s.pack = packArgs[F]{
		src: address(g.a, p*g.stepA+i), dst: address(buf, 0),
		rows: steps, rowSrc: g.stepA * g.size, rowDst: ld * g.size,
		panels: 1, mask: ks.mask(rows - (ld - ks.lanes)),
	}
	ks.pack.at(1, ld/ks.lanes)(&s.pack)
	s.tile.a, s.tile.rowA, s.tile.stepA = address(buf, 0), g.size, ld*g.size
}

// packB copies steps p to p+steps−1 of columns j to end−1 of op(B) into panels.
func (g *Gemm[F]) packB(s *gemmScratch[F], p, steps, j, end, panel int) {
	if s.holds(packed{g.serial, p, j, end}) {
		return
	}
	ks := g.kernels
	width := 2 * ks.lanes
	full, rest := (end-j)/width, (end-j)%width
	buf := grow(&s.b, (full+1)*panel)
	if g.colB != 1 {
		for ; j < end; j += width {
			g.packTransposed(s, buf, p, steps, j, min(width, end-j))
			buf = buf[panel:]
		}
		return
	}
	s.pack = packArgs[F]{
		rowSrc: g.stepB * g.size, rowDst: width * g.size,
		panels: full, panel: panel * g.size, mask: ks.mask(ks.lanes),
	}
	most := maxMoves / (2*full + 1)
	for q := 0; q < steps && full > 0; q += most {
		s.pack.src, s.pack.dst = address(g.b, (p+q)*g.stepB+j), address(buf, q*width)
		s.pack.rows = min(most, steps-q)
		ks.pack.at(1, 2)(&s.pack)
	}
	if rest > 0 {
		vectors := (rest + ks.lanes - 1) / ks.lanes
		s.pack.src, s.pack.dst = address(g.b, p*g.stepB+j+full*width), address(buf, full*panel)
		s.pack.rows, s.pack.panels, s.pack.mask = steps, 1, ks.mask(rest-(vectors-1)*ks.lanes)
		ks.pack.at(1, vectors)(&s.pack)
	}
}

// packTransposed copies steps p to p+steps−1 of cols columns of op(B), whose
// columns are contiguous, into the panel buf: in square blocks, of which the
// last may repeat columns of the one before.
func (g *Gemm[F]) packTransposed(s *gemmScratch[F], buf []F, p, steps, j, cols int) {
	ks := g.kernels
	width, side := 2*ks.lanes, 32/g.size
	if cols < side {
		for q := range cols {
			column := g.b[(j+q)*g.colB+p:][:steps]
			for i, v := range column {
				buf[i*width+q] = v
			}
		}
		return
	}
	for q := 0; q < cols; q += side {
		q = min(q, cols-side)
		s.transpose = transposeArgs[F]{
			src: address(g.b, (j+q)*g.colB+p), dst: address(buf, q),
			rowSrc: g.colB * g.size, rowDst: width * g.size,
			stepSrc: 32, stepDst: side * width * g.size,
		}
		ks.transposeBlocks(&s.transpose, steps)
	}
}

// transposeBlocks transposes blocks along a row of n elements, of which the
// last may be partial.
func (ks *gemmKernels[F]) transposeBlocks(t *transposeArgs[F], n int) {
	side := 32 / size[F]()
	full := n / side
	if full > 0 {
		t.blocks, t.mask = full, ks.mask(side)
		ks.transpose(t)
	}
	if rest := n % side; rest > 0 {
		t.src, t.dst = unsafe.Add(t.src, full*t.stepSrc), unsafe.Add(t.dst, full*t.stepDst)
		t.blocks, t.mask = 1, ks.mask(rest)
		ks.transpose(t)
	}
}

func roundUp(n, step int) int { return (n + step - 1) / step * step }

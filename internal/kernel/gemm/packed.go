//go:build (amd64 || arm64) && !purego

package gemm

import (
	"unsafe"

	"declive/internal/kernel"
)

// tiles is the general path. It takes blocks of B that stay in the second level
// of cache, where they are or copied into panels as wide as a tile, and strips
// of A.
func (g *Plan[F]) tiles(s *scratch[F], r block) {
	ks, t := g.kernels, &s.tile
	width := g.tileVectors() * ks.lanes
	kc, nc := g.blocking(width)
	groups := max(1, (r.j1-r.j0+nc-1)/nc)
	nc = kernel.RoundUp((r.j1-r.j0+groups-1)/groups, width)
	t.rowC = g.ldc * g.size
	for j := r.j0; j < r.j1; j += nc {
		end := min(r.j1, j+nc)
		for p := 0; p < g.k; p += kc {
			t.k = min(kc, g.k-p)
			if p == 0 {
				setScale(t, g.alpha, g.beta)
			} else {
				setScale(t, g.alpha, 1)
			}
			b := g.pointB(s, p, j, end)
			for i := r.i0; i < r.i1; {
				rows := g.strip(r.i1 - i)
				g.pointA(s, i, rows, p, end-j)
				t.b, t.c = b, address(g.c, i*g.ldc+j)
				ks.panels(t, rows, width, end-j)
				if p+t.k == g.k {
					g.finishRows(s, block{i, i + rows, j, end})
				}
				i += rows
			}
		}
	}
}

// blocking returns the sizes along k and n of the blocks of B. The first depends
// on k and the layout alone, so that sums are formed alike in every part of C.
func (g *Plan[F]) blocking(width int) (kc, nc int) {
	kc, nc = 384, 512
	if g.size == 8 {
		kc, nc = 192, 512
	}
	if g.path == directPath {
		kc = g.directSteps()
		if g.k > 2048 { // of a long sum, also for the sake of accuracy
			kc = min(kc, 512)
		}
	}
	blocks := max(1, (g.k+kc/2)/kc)
	kc = (g.k + blocks - 1) / blocks
	if g.path == directPath {
		size := 512 << 10
		if g.passesTwice() {
			size = 32 << 10
		}
		nc = max(1, size/(kc*width*g.size)) * width
	}
	return kc, nc
}

// directSteps is the size along k of blocks of B that are read where they are.
func (g *Plan[F]) directSteps() int {
	switch {
	case g.passesTwice():
		return 128
	case g.m <= 2*g.kernels.rows: // hardly anything is read twice
		return 2048
	}
	return max(16, min(1024, 5*distinctLines(g.ldb*g.size)))
}

// far is the size from which on a matrix that is read once or twice is fetched
// from beyond the second level of cache.
const far = 1 << 20

// passesTwice reports whether two strips of few rows read a large B, each panel of
// which should stay in the first level of cache in between.
func (g *Plan[F]) passesTwice() bool {
	return g.m > g.kernels.rows && g.m <= 2*g.kernels.rows && g.k*g.n*g.size > far
}

// distinctLines is the number of rows, a distance in bytes apart, that fall on
// lines of their own of the second level of cache, which has 2048 lines a way.
func distinctLines(row int) int {
	const lines = 2048
	if row%64 != 0 {
		return lines
	}
	n := row / 64
	return max(1, lines/(n&-n))
}

// pointB points the tile at steps p to p+t.k−1 of columns j to end−1 of op(B),
// and returns the address of the first panel.
func (g *Plan[F]) pointB(s *scratch[F], p, j, end int) unsafe.Pointer {
	t, ks := &s.tile, g.kernels
	if g.path == directPath {
		width := g.tileVectors() * ks.lanes
		t.stepB, t.panelB, t.ahead = g.stepB*g.size, width*g.size, g.ahead(g.nextB, width)
		return address(g.b, p*g.stepB+j)
	}
	width := 2 * ks.lanes
	panel := kernel.RoundUp(t.k, 8)*width + 64/g.size
	g.packB(s, p, t.k, j, end, panel)
	t.stepB, t.panelB, t.ahead = width*g.size, panel*g.size, 4*width*g.size
	return address(s.b, 0)
}

// ahead is the distance at which a tile prefetches elements that it reads once or
// twice: those of the next run, next elements behind, or else those of the next
// panel or, from far, of the one after it: a panel takes less time than memory.
func (g *Plan[F]) ahead(next, width int) int {
	if next == 0 || min(g.m, g.n) > 2*g.kernels.rows {
		next = width * (1 + bit(max(g.m, g.n)*g.k*g.size > far))
	}
	return next * g.size
}

// pointA points the tile at rows i to i+rows−1 of op(A), steps p to p+t.k−1. They
// are copied first if many columns make it worth while, or if they fall on few
// lines of the cache.
func (g *Plan[F]) pointA(s *scratch[F], i, rows, p, cols int) {
	t := &s.tile
	step := g.stepA * g.size
	fits := t.k >= 64 && t.k <= 640
	many, few := fits && cols >= 16*g.kernels.lanes, fits && cols >= 4*g.kernels.lanes
	switch {
	case g.stepA != 1 && (many && step >= 1024 || t.k > 64 && step%2048 == 0):
		g.packColumns(s, i, rows, p, t.k)
	case g.stepA == 1 && (many || few && g.rowA*g.size%2048 == 0):
		g.packRows(s, i, rows, p)
	default:
		t.a, t.rowA, t.stepA = address(g.a, i*g.rowA+p*g.stepA), g.rowA*g.size, g.stepA*g.size
	}
}

// packRows copies steps of rows of A, and asks for those of the next rows.
func (g *Plan[F]) packRows(s *scratch[F], i, rows, p int) {
	ks, t := g.kernels, &s.tile
	width := 2 * ks.lanes
	ld := kernel.RoundUp(t.k, width) + 64/g.size
	buf := kernel.Grow(&s.a, ks.rows*ld)
	full, rest := t.k/width, t.k%width
	s.pack = packArgs[F]{
		rows: rows, rowSrc: g.rowA * g.size, rowDst: ld * g.size,
		panels: full, panel: width * g.size, ahead: rows * g.rowA * g.size, mask: ks.mask(ks.lanes),
	}
	if full > 0 {
		s.pack.src, s.pack.dst = address(g.a, i*g.rowA+p), address(buf, 0)
		ks.pack.at(1, 2)(&s.pack)
	}
	if rest > 0 {
		vectors := (rest + ks.lanes - 1) / ks.lanes
		s.pack.src, s.pack.dst = address(g.a, i*g.rowA+p+full*width), address(buf, full*width)
		s.pack.rows, s.pack.panels, s.pack.mask = rows, 1, ks.mask(rest-(vectors-1)*ks.lanes)
		ks.pack.at(1, vectors)(&s.pack)
	}
	t.a, t.rowA, t.stepA = address(buf, 0), ld*g.size, g.size
}

// packColumns copies steps of rows of a transposed A, whose columns become rows.
func (g *Plan[F]) packColumns(s *scratch[F], i, rows, p, steps int) {
	ks := g.kernels
	ld := kernel.RoundUp(rows, ks.lanes)
	buf := kernel.Grow(&s.a, kernel.RoundUp(ks.rows, ks.lanes)*steps)
	s.pack = packArgs[F]{
		src: address(g.a, p*g.stepA+i), dst: address(buf, 0),
		rows: steps, rowSrc: g.stepA * g.size, rowDst: ld * g.size,
		panels: 1, ahead: rows * g.size, mask: ks.mask(rows - (ld - ks.lanes)),
	}
	ks.pack.at(1, ld/ks.lanes)(&s.pack)
	s.tile.a, s.tile.rowA, s.tile.stepA = address(buf, 0), g.size, ld*g.size
}

// packB copies steps p to p+steps−1 of columns j to end−1 of op(B) into panels.
func (g *Plan[F]) packB(s *scratch[F], p, steps, j, end, panel int) {
	if s.holds(packed{g.serial, p, j, end}) {
		return
	}
	ks := g.kernels
	width := 2 * ks.lanes
	full, rest := (end-j)/width, (end-j)%width
	buf := kernel.Grow(&s.b, (full+1)*panel)
	if g.colB != 1 {
		for ; j < end; j += width {
			g.packTransposed(s, buf, p, steps, j, min(width, end-j))
			buf = buf[panel:]
		}
		return
	}
	s.pack = packArgs[F]{
		rowSrc: g.stepB * g.size, rowDst: width * g.size,
		panels: full, panel: panel * g.size, ahead: 4 * g.stepB * g.size, mask: ks.mask(ks.lanes),
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
func (g *Plan[F]) packTransposed(s *scratch[F], buf []F, p, steps, j, cols int) {
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
func (ks *kernels[F]) transposeBlocks(t *transposeArgs[F], n int) {
	side := 32 / kernel.Size[F]()
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

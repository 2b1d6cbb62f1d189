//go:build !purego

package kernel

import "unsafe"

// maxCall bounds the number of multiplications, in vectors, of one call to
// assembly, which cannot be preempted: about 50 µs.
const maxCall = 1 << 17

// directTiles reads A and B where they are. Columns are taken in groups whose
// part of B stays in the second level of cache for all rows of C.
func (g *Gemm[F]) directTiles(s *gemmScratch[F], r block) {
	ks := g.kernels
	width := g.tileVectors() * ks.lanes
	group := max(1, (256<<10)/(g.k*width*g.size)) * width
	t := &s.tile
	t.rowA, t.stepA, t.stepB, t.rowC = g.rowA*g.size, g.stepA*g.size, g.stepB*g.size, g.ldc*g.size
	t.panelB, t.ahead, t.k = width*g.size, width*g.size, g.k
	setScale(t, g.alpha, g.beta)
	for j := r.j0; j < r.j1; j += group {
		end := min(r.j1, j+group)
		for i := r.i0; i < r.i1; {
			rows := g.strip(r.i1 - i)
			t.a = address(g.a, i*g.rowA)
			t.b = address(g.b, j)
			t.c = address(g.c, i*g.ldc+j)
			ks.panels(t, rows, width, end-j)
			g.finishRows(s, block{i, i + rows, j, end})
			i += rows
		}
	}
}

// tileVectors is the width of the panels of B, in vectors.
func (g *Gemm[F]) tileVectors() int {
	if g.m <= 4 && g.kernels.tile.at(g.m, 4) != nil {
		return 4
	}
	return 2
}

// strip is the number of rows to take next of those left: as many as a tile
// has, but the last two strips share what is left for both.
func (g *Gemm[F]) strip(left int) int {
	most := g.kernels.rows
	switch {
	case left <= most:
		return left
	case left < 2*most:
		return (left + 1) / 2
	}
	return most
}

// setScale sets the factors of a tile.
func setScale[F Float](t *tileArgs[F], alpha, beta F) {
	t.alpha, t.beta = alpha, beta
	t.scale, t.add = bit(alpha != 1), bit(beta != 0)
}

// panels computes a strip of C, panel after panel; t.b and t.c are at its
// first column.
func (ks *gemmKernels[F]) panels(t *tileArgs[F], rows, width, cols int) {
	step := width * size[F]()
	full := cols / width
	kernel := ks.full.at(rows, width/ks.lanes)
	if kernel == nil {
		kernel = ks.tile.at(rows, width/ks.lanes)
		t.mask = ks.mask(ks.lanes)
	}
	most := max(1, maxCall/(t.k*rows*width/ks.lanes+1))
	for full > 0 {
		n := min(full, most)
		t.panels = n
		kernel(t)
		full -= n
		if full > 0 || cols%width > 0 {
			t.b = unsafe.Add(t.b, n*t.panelB)
			t.c = unsafe.Add(t.c, n*step)
		}
	}
	if rest := cols % width; rest > 0 {
		vectors := (rest + ks.lanes - 1) / ks.lanes
		t.mask = ks.mask(rest - (vectors-1)*ks.lanes)
		t.panels = 1
		ks.tile.at(rows, vectors)(t)
	}
}

// finishRows applies bias and activation to a finished block of C.
func (g *Gemm[F]) finishRows(s *gemmScratch[F], r block) {
	if g.ep.Bias == nil && g.ep.Act == Copy {
		return
	}
	c := g.c[r.i0*g.ldc+r.j0:]
	g.store(s, r, c, g.ldc, 1, 0)
}

// store sets a block of C to act(alpha·sums + beta·C + bias), with sums stored
// by rows ld apart.
func (g *Gemm[F]) store(s *gemmScratch[F], r block, sums []F, ld int, alpha, beta F) {
	ks, f := g.kernels, &s.finish
	cols := r.j1 - r.j0
	f.s, f.c = address(sums, 0), address(g.c, r.i0*g.ldc+r.j0)
	f.bias = nil
	if g.ep.Bias != nil {
		f.bias = address(g.ep.Bias, r.j0)
	}
	f.rows, f.rowS, f.rowC = r.i1-r.i0, ld*g.size, g.ldc*g.size
	f.vectors, f.mask = cols/ks.lanes, ks.tail(cols)
	f.alpha, f.beta, f.add, f.relu = alpha, beta, bit(beta != 0), bit(g.ep.Act == ReLU)
	ks.finish(f)
	if g.ep.Act != Copy && g.ep.Act != ReLU {
		for i := r.i0; i < r.i1; i++ {
			row := g.c[i*g.ldc+r.j0:][:cols]
			Unary(g.ep.Act, row, row)
		}
	}
}

//go:build (amd64 || arm64) && !purego

package gemm

import (
	"unsafe"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// Calls to assembly cannot be preempted. maxCall bounds the number of
// multiplications of one call, in vectors, and maxMoves the number of vectors
// that one reads which are used just a few times: less than 100 µs each.
const (
	maxCall  = 1 << 17
	maxMoves = 1 << 13
)

// tileVectors is the width of the panels of B, in vectors.
func (g *Plan[F]) tileVectors() int {
	if g.path == directPath && g.m <= 4 && g.kernels.tile.at(g.m, 4) != nil {
		return 4
	}
	return 2
}

// strip is the number of rows to take next of those left: as many as a tile
// has, but the last two strips share what is left for both.
func (g *Plan[F]) strip(left int) int {
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
func setScale[F kernel.Float](t *tileArgs[F], alpha, beta F) {
	t.alpha, t.beta = alpha, beta
	t.scale, t.add = bit(alpha != 1), bit(beta != 0)
}

// panels computes a strip of C, panel after panel; t.b and t.c are at its
// first column.
func (ks *kernels[F]) panels(t *tileArgs[F], rows, width, cols int) {
	step := width * kernel.Size[F]()
	full := cols / width
	kernel := ks.wholePanels(rows, width/ks.lanes)
	t.mask = ks.mask(ks.lanes)
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
func (g *Plan[F]) finishRows(s *scratch[F], r block) {
	if g.ep.Bias == nil && g.ep.Act == vec.Copy {
		return
	}
	c := g.c[r.i0*g.ldc+r.j0:]
	g.store(s, r, c, g.ldc, 1, 0)
}

// store sets a block of C to act(alpha·sums + beta·C + bias), with sums stored
// by rows ld apart.
func (g *Plan[F]) store(s *scratch[F], r block, sums []F, ld int, alpha, beta F) {
	f := &s.finish
	f.rowS, f.rowC = ld*g.size, g.ldc*g.size
	f.alpha, f.beta, f.add = alpha, beta, bit(beta != 0)
	width := min(r.j1-r.j0, maxMoves*g.kernels.lanes)
	height := maxMoves * g.kernels.lanes / width
	for j := r.j0; j < r.j1; j += width {
		f.bias = nil
		if g.ep.Bias != nil {
			f.bias = address(g.ep.Bias, j)
		}
		for i := r.i0; i < r.i1; i += height {
			f.rows = min(height, r.i1-i)
			g.complete(f, i*g.ldc+j, min(width, r.j1-j), sums[(i-r.i0)*ld+j-r.j0:])
		}
	}
}

// storeColumn is store for rows i to end−1 of column j, of sums that follow each
// other: if the elements of C do, too, it takes them as a row.
func (g *Plan[F]) storeColumn(s *scratch[F], i, end, j int, sums []F) {
	if g.ldc != 1 {
		g.store(s, block{i, end, j, j + 1}, sums, 1, g.alpha, g.beta)
		return
	}
	f := &s.finish
	f.bias = nil
	if g.ep.Bias != nil {
		bias := kernel.Grow(&s.t, end-i)
		for q := range bias {
			bias[q] = g.ep.Bias[0]
		}
		f.bias = address(bias, 0)
	}
	f.rows, f.rowS, f.rowC = 1, 0, 0
	f.alpha, f.beta, f.add = g.alpha, g.beta, bit(g.beta != 0)
	g.complete(f, i, end-i, sums)
}

// storeSums is store or, for a single column, storeColumn.
func (g *Plan[F]) storeSums(s *scratch[F], r block, sums []F, ld int) {
	if ld == 1 {
		g.storeColumn(s, r.i0, r.i1, r.j0, sums)
	} else {
		g.store(s, r, sums, ld, g.alpha, g.beta)
	}
}

// complete finishes f.rows runs of cols elements, the first at element at of C.
func (g *Plan[F]) complete(f *finishArgs[F], at, cols int, sums []F) {
	ks := g.kernels
	f.s, f.c = address(sums, 0), address(g.c, at)
	f.vectors, f.mask, f.relu = cols/ks.lanes, ks.tail(cols), bit(g.ep.Act == vec.ReLU)
	rows := f.rows
	ks.finish(f)
	if g.ep.Act != vec.Copy && g.ep.Act != vec.ReLU {
		for i := range rows {
			row := g.c[at+i*g.ldc:][:cols]
			vec.Unary(g.ep.Act, row, row)
		}
	}
}

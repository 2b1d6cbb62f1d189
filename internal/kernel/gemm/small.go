//go:build (amd64 || arm64) && !purego

package gemm

import (
	"unsafe"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// Small products would spend more time on choosing tiles than in them: their
// tiles are chosen when they are planned.

// A tileCall is a call of a tile, with operands by their distance in bytes from
// the first elements.
type tileCall[F kernel.Float] struct {
	tile    func(*tileArgs[F])
	a, b, c int
	panels  int
	mask    uintptr
}

// planSmall lists the calls of tiles that make the product, and sets what they
// have in common.
func (g *Plan[F]) planSmall() {
	ks := g.kernels
	vectors := g.tileVectors()
	width := vectors * ks.lanes
	g.own.tile = tileArgs[F]{
		rowA: g.rowA * g.size, stepA: g.stepA * g.size, stepB: g.stepB * g.size, rowC: g.ldc * g.size,
		panelB: width * g.size, ahead: g.ahead(g.nextB, width), k: g.k,
	}
	g.calls = nil
	for i := 0; i < g.m; {
		rows := g.strip(g.m - i)
		add := func(tile func(*tileArgs[F]), j, panels, lanes int) {
			g.calls = append(g.calls, tileCall[F]{
				tile, i * g.rowA * g.size, j * g.size, (i*g.ldc + j) * g.size, panels, ks.mask(lanes),
			})
		}
		if full := g.n / width; full > 0 {
			add(ks.wholePanels(rows, vectors), 0, full, ks.lanes)
		}
		if rest := g.n % width; rest > 0 {
			last := (rest + ks.lanes - 1) / ks.lanes
			add(ks.tile.at(rows, last), g.n-rest, 1, rest-(last-1)*ks.lanes)
		}
		i += rows
	}
}

// wholePanels is the tile for panels of full width; it may look at the mask.
func (ks *kernels[F]) wholePanels(rows, vectors int) func(*tileArgs[F]) {
	if tile := ks.full.at(rows, vectors); tile != nil {
		return tile
	}
	return ks.tile.at(rows, vectors)
}

// small runs a plan that has such calls, and reports whether it has.
func (g *Plan[F]) small(alpha F, a, b []F, beta F, c []F, ep *Epilogue[F]) bool {
	if len(g.calls) == 0 {
		return false
	}
	t := &g.own.tile
	setScale(t, alpha, beta)
	at := [3]unsafe.Pointer{address(a, 0), address(b, 0), address(c, 0)}
	for i := range g.calls {
		call := &g.calls[i]
		t.a, t.b, t.c = unsafe.Add(at[0], call.a), unsafe.Add(at[1], call.b), unsafe.Add(at[2], call.c)
		t.panels, t.mask = call.panels, call.mask
		call.tile(t)
	}
	t.a, t.b, t.c = nil, nil, nil
	if ep.Bias != nil || ep.Act != vec.Copy {
		g.c, g.ep = c, *ep
		g.finishRows(g.own, block{0, g.m, 0, g.n})
		g.c, g.ep.Bias = nil, nil
	}
	return true
}

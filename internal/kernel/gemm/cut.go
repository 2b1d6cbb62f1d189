//go:build (amd64 || arm64) && !purego

package gemm

// A cut divides C along one of its sides into parts of nearly equal size.
// Neighbouring parts can be computed together as one block.
type cut struct {
	across bool // along rows of C, else along columns
	size   int  // of the side
	parts  int
	align  int // what all parts but the last end at a multiple of
}

// A part does about as much as this many operations on numbers in cache, at
// least; a product of fewer is not divided.
const partFlops = 1 << 18

// A product with few rows or columns is not divided, either, if it takes fewer
// than narrowFlops operations: it computes little with each element that it
// reads, and cores would take as long to read what the other has just written.
const (
	fewColumns  = 16
	narrowFlops = 1 << 22
)

// partCounts are the numbers of parts: few cores get equal shares of them.
var partCounts = [...]int{48, 24, 16, 12, 8, 6, 4, 2}

// chooseCut divides the longer side: the cores share what belongs to the
// other one, and read or pack it each on its own.
func (g *Plan[F]) chooseCut() cut {
	d := cut{across: g.across(), size: g.m, parts: 1}
	if d.across {
		d.size = g.n
	}
	least := 0
	least, d.align = g.grain(d.across)
	flops := 2 * g.m * g.n * g.k
	if min(g.m, g.n) == 1 { // most of the time goes to reading the matrix
		flops *= 4
	}
	if min(g.m, g.n) <= fewColumns && flops < narrowFlops {
		return d
	}
	most := min(max(flops/partFlops, min(flops/partFlops*2, 2)), d.size/least)
	for _, n := range partCounts {
		if n <= most {
			d.parts = n
			break
		}
	}
	return d
}

// across reports whether to divide along rows of C: if these are longer than its
// columns, or not much shorter where cores would all pack the whole of B. The
// gradient of a weight is not, where it can be helped: a core then updates the
// rows that it multiplies with in the next step.
func (g *Plan[F]) across() bool {
	switch {
	case g.path == directPath && g.stepA != 1 && g.m >= 64:
		return false
	case g.path != packedPath:
		return g.n > g.m
	case g.stepB == 1:
		return 2*g.n >= g.m
	}
	return g.n >= g.m
}

// grain returns the smallest size of parts along a side that is worth while, and
// what their ends are aligned to.
func (g *Plan[F]) grain(across bool) (least, align int) {
	ks := g.kernels
	switch {
	case g.path == columnsPath || g.path == vectorMatrixPath || g.path == matrixVectorTPath:
		return 2 * ks.lanes, 2 * ks.lanes
	case g.path == dotsPath && across:
		return 2 * dotCols, dotCols
	case g.path == dotsPath:
		return 8, max(ks.dotRows, g.band.rows)
	case !across:
		return ks.rows/2 + 1, 1
	case g.n < 16*ks.lanes:
		return ks.lanes, ks.lanes
	case g.n < 32*ks.lanes:
		return 2 * ks.lanes, 2 * ks.lanes
	}
	return 4 * ks.lanes, 2 * ks.lanes
}

// block is the part of C that parts from to to−1 make.
func (d cut) block(m, n, from, to int) block {
	lo, hi := d.end(from), d.end(to)
	if d.across {
		return block{0, m, lo, hi}
	}
	return block{lo, hi, 0, n}
}

// end is where part−1 ends and part begins.
func (d cut) end(part int) int {
	if part == d.parts {
		return d.size
	}
	return (d.size*part/d.parts + d.align/2) / d.align * d.align
}

// units computes the parts from lo to hi−1 as one block.
func (g *Plan[F]) units(lo, hi int) {
	s := borrowScratch[F]()
	g.compute(s, g.cut.block(g.m, g.n, lo, hi))
	s.giveBack()
}

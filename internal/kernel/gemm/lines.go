//go:build (amd64 || arm64) && !purego

package gemm

import "declive/internal/kernel"

// A vector of AVX-512 is as long as a line of the cache, and takes twice the
// time to load if it lies in two of them. Where rows start at different places
// of a line, those that are some way apart start at the same one: the products
// of this file take such rows together, so that after the elements before their
// first whole line all loads are of whole lines. They suppose that the matrix
// starts with one.

// A band is a number of neighbouring rows in groups: of rows o, o+apart, … for
// each o < apart. In the order of slots, the rows of a group follow each other.
type band struct {
	rows  int // of a group; 0 for no groups
	apart int
}

// size is the number of rows of a band.
func (d band) size() int { return d.rows * d.apart }

// whole is the number of the first n rows that belong to whole bands.
func (d band) whole(n int) int {
	if d.rows == 0 {
		return 0
	}
	return n / d.size() * d.size()
}

// minAligned is the length of rows, in vectors, from which groups are faster.
const minAligned = 16

// bandOf returns a band of up to n rows of cols elements that lie ld apart, in
// groups of as many rows as the first of sizes that fits.
func (ks *kernels[F]) bandOf(n, cols, ld int, sizes ...int) band {
	if cols < minAligned*ks.lanes || ks.aligned(ld) {
		return band{}
	}
	bytes := ld * kernel.Size[F]()
	apart := kernel.Line / (bytes & -bytes)
	for _, rows := range sizes {
		if rows*apart <= n {
			return band{rows, apart}
		}
	}
	return band{}
}

// aligned reports whether all rows that lie ld apart start with a line, if one
// does, or vectors are shorter than a line.
func (ks *kernels[F]) aligned(ld int) bool {
	return ks.lanes*kernel.Size[F]() < kernel.Line || ld*kernel.Size[F]()%kernel.Line == 0
}

// neighbours is the number of rows to read side by side that lie ld apart and do
// not belong to a band.
func (ks *kernels[F]) neighbours(ld int) int {
	if ks.aligned(ld) {
		return 8
	}
	return 4
}

// chooseBand returns the bands of the operand that is read in long rows.
func (g *Plan[F]) chooseBand() band {
	switch {
	case g.path == vectorMatrixPath:
		return g.kernels.bandOf(g.k, g.n, g.stepB, 8, 4)
	case g.path == matrixVectorTPath:
		return g.kernels.bandOf(g.k, g.m, g.stepA, 8, 4)
	case g.path == dotsPath && g.n == 1:
		return g.kernels.bandOf(g.m, g.k, g.rowA, 8, 4)
	case g.path == dotsPath:
		return g.kernels.bandOf(g.m, g.k, g.rowA, g.kernels.dotRows)
	}
	return band{}
}

// lead is the number of elements before the first whole line from element i of a
// matrix.
func (ks *kernels[F]) lead(i int) int { return -i & (ks.lanes - 1) }

// dotGroups is dots for the groups in slots r.i0 to r.i1−1 of one band.
func (g *Plan[F]) dotGroups(s *scratch[F], r block, b *columnsOfB[F]) {
	d, n := &s.dot, g.band
	cols, first := r.j1-r.j0, r.i0/n.size()*n.size()
	from, to := (r.i0-first)/n.rows, (r.i1-first)/n.rows
	ld := n.rows // a column's sums follow each other
	if cols > 1 {
		ld = g.dotStride(cols)
	}
	sums := kernel.Grow(&s.s, n.size()*ld+dotSlack)
	clear(sums)
	d.rowA, d.rowS = n.apart*g.rowA*g.size, n.apart*ld*g.size
	kc := g.dotBlock()
	for p := 0; p < g.k; p += kc {
		for o := from; o < to; o++ {
			g.dotGroup(d, first+o, p, min(p+kc, g.k), b, cols, sums[o*ld:], ld)
		}
	}
	d.head, d.lead = 0, 0
	if cols == 1 {
		sums, ld = ungroup(n, kernel.Grow(&s.a, n.size()), sums), 1
	}
	if from == 0 && to == n.apart {
		g.storeSums(s, block{first, first + n.size(), r.j0, r.j1}, sums, ld)
		return
	}
	for q := 0; q < n.size(); q += n.apart {
		g.storeSums(s, block{first + q + from, first + q + to, r.j0, r.j1}, sums[(q+from)*ld:], ld)
	}
}

// dotGroup adds the products from p to end−1, moved on to where lines start, to
// the sums of the group of rows from i.
func (g *Plan[F]) dotGroup(d *dotArgs[F], i, p, end int, b *columnsOfB[F], cols int, sums []F, ld int) {
	at := i * g.rowA
	lead := g.kernels.lead(at)
	steps := min(end, g.k-lead) - p
	d.head, d.lead = g.kernels.mask(lead), lead*g.size
	if p > 0 {
		d.head, d.lead, p = 0, 0, p+lead
	}
	if steps <= 0 {
		return
	}
	d.vectors, d.mask = steps/g.kernels.lanes, g.kernels.tail(steps)
	d.a = address(g.a, at+p)
	g.dotColumns(d, g.band.rows, b, p, cols, sums, ld)
}

// ungroup copies a column of sums from the order of slots to that of rows.
func ungroup[F kernel.Float](d band, rows, slots []F) []F {
	for o := range d.apart {
		for q := range d.rows {
			rows[q*d.apart+o] = slots[o*d.rows+q]
		}
	}
	return rows
}

// combineGroups is combineRuns for whole bands of x, or for nothing.
func (g *Plan[F]) combineGroups(a *axpyArgs[F], from, end, n int, x []F, ld int, factors []F, step int) {
	ks, d := g.kernels, g.band
	a.rowX, a.stepA = d.apart*ld*g.size, d.apart*step*g.size
	for i := end; i > from; i -= d.size() {
		first := i - d.size()
		for p := first + d.apart - 1; p >= first; p-- {
			lead := min(n, ks.lead(p*ld))
			a.head, a.lead = ks.mask(lead), lead*g.size
			a.vectors, a.mask = (n-lead)/ks.lanes, ks.tail(n-lead)
			a.x, a.a = address(x, p*ld), address(factors, p*step)
			ks.axpy.at(d.rows, 1)(a)
			a.add = 1
		}
	}
	a.head, a.lead = 0, 0
}

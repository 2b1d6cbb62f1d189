//go:build (amd64 || arm64) && !purego

package gemm

import (
	"math/bits"
	"unsafe"

	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// The paths of this file serve products with few columns or rows.

// dots computes inner products of rows of op(A) with columns of op(B), in blocks
// along k that stay in cache.
func (g *Plan[F]) dots(s *scratch[F], r block) {
	b := g.dotColumnsOfB(s, r)
	s.dot.rowB = b.ld * g.size
	whole := g.band.whole(g.m)
	for i := r.i0; i < r.i1; {
		end := min(r.i1, i+dotRun)
		if i < whole {
			end = min(r.i1, (i/g.band.size()+1)*g.band.size())
			g.dotGroups(s, block{i, end, r.j0, r.j1}, &b)
		} else {
			g.dotNeighbours(s, block{i, end, r.j0, r.j1}, &b)
		}
		i = end
	}
}

// dotRun is the number of rows that dotNeighbours computes at a time.
const dotRun = 32

// dotNeighbours is dots for rows that are taken in turn.
func (g *Plan[F]) dotNeighbours(s *scratch[F], r block, b *columnsOfB[F]) {
	cols := r.j1 - r.j0
	ld := g.dotStride(cols)
	sums := kernel.Grow(&s.s, dotRun*ld+dotSlack)
	clear(sums)
	d := &s.dot
	d.rowA, d.rowS = g.rowA*g.size, ld*g.size
	kc := g.dotBlock()
	for p := 0; p < g.k; p += kc {
		steps := min(kc, g.k-p)
		d.vectors, d.mask = steps/g.kernels.lanes, g.kernels.tail(steps)
		if cols == 1 {
			g.dotColumn(d, r.i0, r.i1, p, b, sums)
		} else {
			g.dotBand(d, r.i0, r.i1, p, b, cols, sums, ld)
		}
	}
	g.storeSums(s, r, sums, ld)
}

// dotStride is the distance between the rows of sums of a number of columns.
func (g *Plan[F]) dotStride(cols int) int {
	if cols == 1 {
		return 1
	}
	return kernel.RoundUp(cols+dotSlack, g.kernels.lanes)
}

// dotBand adds to the sums of rows i to end−1, block of rows after block.
func (g *Plan[F]) dotBand(d *dotArgs[F], i, end, p int, b *columnsOfB[F], cols int, sums []F, ld int) {
	fetch := bit(b.packed && g.m*g.k*g.size > far)
	for q := i; q < end; {
		rows := powerOfTwo(min(g.kernels.dotRows, end-q))
		d.a, d.ahead = address(g.a, q*g.rowA+p), fetch*rows*d.rowA
		g.dotColumns(d, rows, b, p, cols, sums[(q-i)*ld:], ld)
		q += rows
	}
}

// dotColumns adds to the sums of some rows, block of columns after block.
func (g *Plan[F]) dotColumns(d *dotArgs[F], rows int, b *columnsOfB[F], p, cols int, sums []F, ld int) {
	ks := g.kernels
	if whole := cols / dotCols; whole > 0 {
		dot := b.point(ks, d, p, 0, rows, dotCols)
		d.s, d.blocks = address(sums, 0), whole
		d.nextA, d.nextB, d.nextS = 0, dotCols*b.ld*g.size, dotCols*g.size
		d.run(dot, max(rows, dotCols))
	}
	rest := cols % dotCols
	if rest == 0 {
		return
	}
	d.s, d.blocks = address(sums, cols-rest), 1
	if rest == 1 && cols > 1 { // sums of a single column would be contiguous: go by elements
		d.nextA, d.nextB, d.nextS, d.blocks = d.rowA, 0, d.rowS, rows
		rows = 1
	}
	b.point(ks, d, p, cols-rest, rows, rest)(d)
}

// run computes d.blocks blocks with a kernel that reads up to side rows at a time,
// in calls of bounded length.
func (d *dotArgs[F]) run(dot func(*dotArgs[F]), side int) {
	most := max(1, maxMoves/(side*max(1, d.vectors)))
	for left := d.blocks; left > 0; {
		n := min(left, most)
		d.blocks = n
		dot(d)
		if left -= n; left > 0 { // no pointer may leave its array
			d.a, d.b, d.s = unsafe.Add(d.a, n*d.nextA), unsafe.Add(d.b, n*d.nextB), unsafe.Add(d.s, n*d.nextS)
		}
	}
}

// dotCols is the number of columns in the blocks that dot kernels compute.
const dotCols = 5

// dotColumn is dotBand for a single column. Two rows change the sums of the two
// behind them, and come last.
func (g *Plan[F]) dotColumn(d *dotArgs[F], i, end, p int, b *columnsOfB[F], sums []F) {
	for q := i; q < end; {
		rows := min(g.kernels.neighbours(g.rowA), powerOfTwo(end-q))
		if end-q == 3 {
			rows = 1
		}
		dot := b.point(g.kernels, d, p, 0, rows, 1)
		d.a, d.s, d.blocks = address(g.a, q*g.rowA+p), address(sums, q-i), (end-q)/rows
		d.nextA, d.nextB, d.nextS = rows*d.rowA, 0, rows*g.size
		q += rows * d.blocks
		d.run(dot, rows)
	}
}

// powerOfTwo is the largest power of two up to n.
func powerOfTwo(n int) int { return 1 << (bits.Len(uint(n)) - 1) }

// packedBytes is the size of a block of packed columns that stays in the first
// level of cache while rows of A pass through it.
const packedBytes = 20 << 10

// dotBlock is the length of the blocks along k, the same for all parts of C.
func (g *Plan[F]) dotBlock() int {
	bytes := 4096
	switch {
	case g.n == 1:
		bytes = 16384
	case g.packsDots():
		bytes = min(bytes, max(2048, packedBytes/g.n))
	}
	blocks := max(1, (g.k*g.size+bytes/2)/bytes)
	return kernel.RoundUp((g.k+blocks-1)/blocks, g.kernels.lanes)
}

// columns computes Cᵀ = op(B)ᵀ·op(A)ᵀ, for few columns and a transposed A, in
// tiles along the long rows of A as it is stored, and transposes the result.
func (g *Plan[F]) columns(s *scratch[F], r block) {
	ks := g.kernels
	side := 32 / g.size
	width := 2 * ks.lanes
	cols := r.j1 - r.j0
	chunk, kc := 256, 512
	if g.n > ks.rows { // strips read the same panels, from the first level of cache
		chunk, kc = 64, 128
	}
	ld := kernel.RoundUp(cols, max(side, ks.lanes))
	sums := kernel.Grow(&s.s, kernel.RoundUp(cols, side)*chunk)
	flat := kernel.Grow(&s.t, chunk*ld)
	t := &s.tile
	t.rowA, t.stepA, t.stepB, t.rowC = g.colB*g.size, g.stepB*g.size, g.stepA*g.size, chunk*g.size
	t.panelB, t.ahead = width*g.size, g.ahead(g.nextA, width)
	for i := r.i0; i < r.i1; i += chunk {
		n := min(chunk, r.i1-i)
		for p := 0; p < g.k; p += kc {
			t.k = min(kc, g.k-p)
			t.beta, t.scale, t.add = 1, 0, bit(p > 0)
			for j := 0; j < cols; {
				rows := g.strip(cols - j)
				t.a = address(g.b, p*g.stepB+(r.j0+j)*g.colB)
				t.b = address(g.a, p*g.stepA+i)
				t.c = address(sums, j*chunk)
				ks.panels(t, rows, width, n)
				j += rows
			}
		}
		for j := 0; j < cols; j += side {
			s.transpose = transposeArgs[F]{
				src: address(sums, j*chunk), dst: address(flat, j),
				rowSrc: chunk * g.size, rowDst: ld * g.size,
				stepSrc: 32, stepDst: side * ld * g.size,
				blocks: (n + side - 1) / side, mask: ks.mask(side),
			}
			ks.transpose(&s.transpose)
		}
		g.store(s, block{i, i + n, r.j0, r.j1}, flat, ld, g.alpha, g.beta)
	}
}

// vectorMatrix computes the single row of C as a sum of rows of B.
func (g *Plan[F]) vectorMatrix(s *scratch[F], r block) {
	for j := r.j0; j < r.j1; j += vectorChunk {
		end := min(r.j1, j+vectorChunk)
		sums := g.combine(s, end-j, g.b[j:], g.stepB, g.a, g.stepA)
		g.store(s, block{0, 1, j, end}, sums, vectorChunk, g.alpha, g.beta)
	}
}

// matrixVectorT computes the single column of C as a sum of columns of op(A).
func (g *Plan[F]) matrixVectorT(s *scratch[F], r block) {
	for i := r.i0; i < r.i1; i += vectorChunk {
		end := min(r.i1, i+vectorChunk)
		sums := g.combine(s, end-i, g.a[i:], g.stepA, g.b, g.stepB)
		g.storeColumn(s, i, end, 0, sums)
	}
}

// vectorChunk is the number of sums that stay in the first level of cache.
const vectorChunk = 4096

// combined is the number of rows that combine adds up one after the other, a
// multiple of any band.
const combined = 512

// combine returns the sum of the g.k first runs of n elements of x, ld apart,
// times the elements of factors; a long one pairwise of sums of fewer. It begins
// with the last run: a product that has just read x from the first on has left
// the others in cache.
func (g *Plan[F]) combine(s *scratch[F], n int, x []F, ld int, factors []F, step int) []F {
	s.sums.Reset(vec.ReduceSum, n, (g.k+combined-1)/combined)
	for end := g.k; end > 0; {
		from := (end - 1) / combined * combined
		s.axpy.y = address(s.sums.Next(), 0)
		g.combineRuns(&s.axpy, from, end, n, x, ld, factors, step)
		s.sums.Take()
		end = from
	}
	return s.sums.Result()
}

// combineRuns sets a.y to the sum of the runs from from to end−1.
func (g *Plan[F]) combineRuns(a *axpyArgs[F], from, end, n int, x []F, ld int, factors []F, step int) {
	ks := g.kernels
	a.add = 0
	most, whole := ks.neighbours(ld), max(from, g.band.whole(end))
	a.rowX, a.stepA = ld*g.size, step*g.size
	a.vectors, a.mask = n/ks.lanes, ks.tail(n)
	for p := end; p > whole; a.add = 1 {
		rows := most
		if p-whole < most {
			rows = 1
		}
		p -= rows
		a.x, a.a = address(x, p*ld), address(factors, p*step)
		ks.axpy.at(rows, 1)(a)
	}
	g.combineGroups(a, from, whole, n, x, ld, factors, step)
}

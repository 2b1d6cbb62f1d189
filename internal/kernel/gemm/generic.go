package gemm

import "declive/internal/kernel/vec"

// genericPart is the work of one part of the plain Go product, in multiplications.
const genericPart = 1 << 18

// planGeneric splits C into bands of rows, by the size of the work.
func (g *Plan[F]) planGeneric() {
	g.parts = max(1, min(g.m, g.m*g.n*g.k/genericPart))
	g.job = g.bands
}

// genericSteps is the number of products that are added to each other before
// they are added to the sum of those before.
const genericSteps = 256

// bands computes some of g.parts bands of rows of C.
func (g *Plan[F]) bands(from, to int) {
	g.generic(from*g.m/g.parts, to*g.m/g.parts)
}

// generic computes rows from to to−1 of C; it is the definition of the product.
// Elements are computed in blocks of two rows and four columns, which share their
// loads.
func (g *Plan[F]) generic(from, to int) {
	for i := from; i < to; i += 2 {
		rows := min(2, to-i)
		for j := 0; j < g.n; j += 4 {
			cols := min(4, g.n-j)
			var sum [2][4]F
			for p := 0; p < g.k; p += genericSteps {
				if end := min(p+genericSteps, g.k); rows*cols == 1 {
					sum[0][0] += g.element(i, j, p, end)
				} else {
					g.block(&sum, i, j, rows, cols, p, end)
				}
			}
			for r := range rows {
				g.finish(i+r, j, sum[r][:cols])
			}
		}
	}
}

// element adds up the steps from p to end−1 of one element, as block does.
func (g *Plan[F]) element(i, j, p, end int) (sum F) {
	a, pa, stepA := g.a, i*g.lda+p, 1
	if g.transA {
		pa, stepA = p*g.lda+i, g.lda
	}
	b, pb, stepB := g.b, p*g.ldb+j, g.ldb
	if g.transB {
		pb, stepB = j*g.ldb+p, 1
	}
	for range end - p {
		sum += a[pa] * b[pb]
		pa += stepA
		pb += stepB
	}
	return sum
}

// block adds the steps from p to end−1 of rows by cols elements of op(A)·op(B),
// from row i and column j, to sum. Of fewer than two rows and four columns, the
// last stand for those that lack: every element is formed by the same
// instructions, which on some processors fuse a product with a sum.
func (g *Plan[F]) block(sum *[2][4]F, i, j, rows, cols, p, end int) {
	a, rowA, stepA := g.a, g.lda, 1
	if g.transA {
		rowA, stepA = 1, g.lda
	}
	b, colB, stepB := g.b, 1, g.ldb
	if g.transB {
		colB, stepB = g.ldb, 1
	}
	row := (rows - 1) * rowA
	col1, col2, col3 := min(1, cols-1)*colB, min(2, cols-1)*colB, (cols-1)*colB
	var s00, s01, s02, s03, s10, s11, s12, s13 F
	pa, pb := i*rowA+p*stepA, j*colB+p*stepB
	for range end - p {
		x, y := a[pa], a[pa+row]
		b0, b1, b2, b3 := b[pb], b[pb+col1], b[pb+col2], b[pb+col3]
		s00 += x * b0
		s01 += x * b1
		s02 += x * b2
		s03 += x * b3
		s10 += y * b0
		s11 += y * b1
		s12 += y * b2
		s13 += y * b3
		pa += stepA
		pb += stepB
	}
	r0, r1 := &sum[0], &sum[1]
	r0[0], r0[1], r0[2], r0[3] = r0[0]+s00, r0[1]+s01, r0[2]+s02, r0[3]+s03
	r1[0], r1[1], r1[2], r1[3] = r1[0]+s10, r1[1]+s11, r1[2]+s12, r1[3]+s13
}

// finish stores a run of sums at row i, from column j, with what the call asks
// for besides the product.
func (g *Plan[F]) finish(i, j int, sum []F) {
	c := g.c[i*g.ldc+j:][:len(sum)]
	for q, s := range sum {
		s *= g.alpha
		if g.beta != 0 {
			s += g.beta * c[q]
		}
		if g.ep.Bias != nil {
			s += g.ep.Bias[j+q]
		}
		c[q] = s
	}
	if g.ep.Act != vec.Copy {
		vec.Unary(g.ep.Act, c, c)
	}
}

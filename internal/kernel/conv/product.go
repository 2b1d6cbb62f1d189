package conv

import "declive/internal/kernel"

// A product adds products of rows that lie anywhere in a with a panel of rows of
// b, which is as wide as vectors of the instruction set:
//
//	c[rows[i].to + j] = max(floor, bias[j] + Σ_t Σ_q a[rows[i].from + taps[t] + q·step] · b[(t·k + q)·stepB + j])
//
// for j < cols and q < k; with add, what stands in c is added instead of the
// bias. Each element is one chain of sums over taps and steps. b and bias are
// read in whole vectors.
type product[F kernel.Float] struct {
	a, b, c, bias  []F
	rows           []row
	taps           []int32
	k, step, stepB int
	cols           int
	add            bool
	floor          F
	args           tileArgs[F]
}

// A row says where a row of a product begins in a and in c.
type row struct{ from, to int32 }

// run computes the product.
func (p *product[F]) run(ks *kernels[F]) {
	if len(p.rows) > 0 && p.cols > 0 && !p.assembly(ks) {
		p.generic()
	}
}

// release forgets the operands.
func (p *product[F]) release() { *p = product[F]{} }

// genericLanes is the width of a panel in plain Go.
const genericLanes = 4

// generic is the definition of the product, for panels of genericLanes. Two rows
// share what they load; the last may be alone.
func (p *product[F]) generic() {
	for i := 0; i < len(p.rows); i += 2 {
		last := min(i+1, len(p.rows)-1)
		first, second := p.pair(p.rows[i].from, p.rows[last].from)
		p.store(p.rows[i], &first)
		if last > i {
			p.store(p.rows[last], &second)
		}
	}
}

// pair returns the sums of two rows, without what they are added to.
func (p *product[F]) pair(from, from2 int32) (first, second [genericLanes]F) {
	var s0, s1, s2, s3, t0, t1, t2, t3 F
	b := p.b
	for t, tap := range p.taps {
		x, y := p.a[from+tap:], p.a[from2+tap:]
		at := t * p.k * p.stepB
		for q := range p.k {
			u, v := x[q*p.step], y[q*p.step]
			row := b[at : at+genericLanes : at+genericLanes]
			s0 += u * row[0]
			s1 += u * row[1]
			s2 += u * row[2]
			s3 += u * row[3]
			t0 += v * row[0]
			t1 += v * row[1]
			t2 += v * row[2]
			t3 += v * row[3]
			at += p.stepB
		}
	}
	return [genericLanes]F{s0, s1, s2, s3}, [genericLanes]F{t0, t1, t2, t3}
}

// store finishes the sums of a row.
func (p *product[F]) store(r row, sums *[genericLanes]F) {
	c, with := p.c[r.to:][:p.cols], p.bias
	if p.add {
		with = c
	}
	for j := range c {
		c[j] = max(p.floor, with[j]+sums[j])
	}
}

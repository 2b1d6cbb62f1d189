package slope

import (
	"math"
	"slices"
)

// Measure turns the outputs along a ladder's steps into rungs. Outputs are
// subtracted before they are projected on the cotangent v, so that one which
// does not move adds no noise; eps[j] is the absolute noise of output j.
//
// The second result is Σ |v_j| eps_j / H over the outputs that never moved: the
// slope that their rounding may hide. Such an output that is a float32 may have
// been rounded to one on its way.
func Measure(steps, out, base, v, eps []float64) (rungs []Rung, hidden float64) {
	m := len(base)
	rungs = make([]Rung, len(steps)/2)
	moved := make([]bool, m)
	eps = quantised(out, base, eps)
	for k := range rungs {
		r := &rungs[k]
		r.hp, r.dp = difference(steps[2*k], out[2*k*m:(2*k+1)*m], base, v, moved)
		r.hm, r.dm = difference(-steps[2*k+1], out[(2*k+1)*m:(2*k+2)*m], base, v, moved)
		h := max(r.hp, r.hm)
		for j, did := range moved {
			if did && h > 0 {
				r.noise += math.Abs(v[j]) * eps[j] / h
			}
		}
	}
	for j, did := range moved {
		if !did {
			e := eps[j]
			if float64(float32(base[j])) == base[j] {
				e = max(e, 0x1p-24*math.Abs(base[j]))
			}
			hidden += math.Abs(v[j]) * e / math.Abs(steps[0])
		}
	}
	return rungs, hidden
}

// difference returns the distance h and Σ v_j (F_j − base_j), or 0 and 0 where
// some F_j is not finite, and marks the outputs that differ.
func difference(h float64, f, base, v []float64, moved []bool) (float64, float64) {
	d := 0.0
	for j, y := range f {
		if math.IsNaN(y) || math.IsInf(y, 0) {
			return 0, 0
		}
		if y != base[j] {
			moved[j] = true
			d += v[j] * (y - base[j])
		}
	}
	if !(h > 0) {
		return 0, 0
	}
	return h, d
}

// quantised raises the noise of outputs that move only in multiples of a
// quantum, such as a loss that was rounded to float32 on its way: below the
// quantum they stand still, and differences there agree on a slope of 0.
func quantised(out, base, eps []float64) []float64 {
	m := len(base)
	raised := eps
	for j := range base {
		q := quantum(out, j, m, base[j])
		if q > 8*eps[j] {
			if &raised[0] == &eps[0] {
				raised = slices.Clone(eps)
			}
			raised[j] = q
		}
	}
	return raised
}

// quantum returns the smallest move of output j if it has stood still at the
// end and every move before is a multiple of the smallest, with at least three
// different multiples; otherwise 0. A single jump has only one.
func quantum(out []float64, j, m int, base float64) float64 {
	n := len(out) / m
	if n < 12 || out[(n-1)*m+j] != base || out[(n-2)*m+j] != base {
		return 0
	}
	q := math.Inf(1)
	for i := range n {
		if d := math.Abs(out[i*m+j] - base); d > 0 {
			q = min(q, d)
		}
	}
	if math.IsInf(q, 1) { // it never moved
		return 0
	}
	multiples := map[float64]bool{}
	for i := range n {
		d := math.Abs(out[i*m+j]-base) / q
		if !(math.Abs(d-math.Round(d)) <= 1e-6*d) {
			return 0
		}
		multiples[math.Round(d)] = true
	}
	if len(multiples) < 4 { // 0 among them
		return 0
	}
	return q
}

package vec

import "declive/internal/kernel"

// Deviations adds to sum and square, from top to bottom, the distances of a matrix of
// rows×cols from a number for each column, and their squares:
//
//	for i := range rows {
//		for j := range cols {
//			d := x[i*ldx+j] - from[j]
//			sum[j] += d
//			square[j] += d * d
//		}
//	}
//
// From a number near the mean of the column, the variance keeps its digits:
// n·σ² = Σd² − (Σd)²/n.
func Deviations[F kernel.Float](rows, cols int, sum, square, x []F, ldx int, from []F) {
	if rows <= 0 || cols <= 0 {
		return
	}
	_ = x[(rows-1)*ldx+cols-1]
	deviations(rows, cols, sum[:cols], square[:cols], x, ldx, from[:cols])
}

// deviationsGeneric is the reference of Deviations.
func deviationsGeneric[F kernel.Float](rows, cols int, sum, square, x []F, ldx int, from []F) {
	for i := range rows {
		for j, v := range x[i*ldx:][:cols] {
			d := v - from[j]
			sum[j] += d
			square[j] += F(d * d)
		}
	}
}

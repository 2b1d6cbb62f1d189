package conv

import "declive/internal/kernel"

// kernels says what the loops of one instruction set and element type look like.
type kernels[F kernel.Float] struct {
	lanes   int // elements of a vector
	vectors int // most vectors of a panel
	assembly[F]
}

// width is the number of columns of a full panel.
func (ks *kernels[F]) width() int { return ks.lanes * ks.vectors }

// plain are the kernels in plain Go.
func plain[F kernel.Float]() *kernels[F] {
	return &kernels[F]{lanes: genericLanes, vectors: 1}
}

// panels calls f for every panel of n columns: with its first column, the number
// of its columns, and that with zeros behind them up to whole vectors.
func (ks *kernels[F]) panels(n int, f func(from, cols, padded int)) {
	for from := 0; from < n; from += ks.width() {
		cols := min(ks.width(), n-from)
		f(from, cols, kernel.RoundUp(cols, ks.lanes))
	}
}

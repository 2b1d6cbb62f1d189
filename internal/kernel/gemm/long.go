package gemm

import (
	"declive/internal/kernel"
	"declive/internal/kernel/vec"
)

// longSum is the number of products that a plan adds up by itself. It does so in
// blocks of a few hundred, one after the other: with many more blocks the sum
// would stop to grow where a block is less than half a unit in its last place.
const longSum = 1 << 15

// A piecewise computes products with a longer k in pieces along it, whose sums
// are added pairwise.
type piecewise[F kernel.Float] struct {
	steps      int // along k of all pieces but the last
	each, last *Plan[F]
	sums       *vec.Pairwise[F]
}

// planLong divides a product with a long k.
func (g *Plan[F]) planLong() {
	if g.k <= longSum || g.m == 0 || g.n == 0 {
		return
	}
	pieces := (g.k + longSum - 1) / longSum
	l := &piecewise[F]{steps: kernel.RoundUp((g.k+pieces-1)/pieces, 64)}
	pieces = (g.k + l.steps - 1) / l.steps
	l.each = New[F](g.m, g.n, l.steps, g.transA, g.transB, g.lda, g.ldb, g.n)
	l.last = New[F](g.m, g.n, g.k-(pieces-1)*l.steps, g.transA, g.transB, g.lda, g.ldb, g.n)
	l.sums = vec.NewPairwise[F](vec.ReduceSum, g.m*g.n, pieces)
	g.long = l
}

// runLong computes C from the operands of the call.
func (g *Plan[F]) runLong() {
	l, stepA, stepB := g.long, 1, g.ldb
	if g.transA {
		stepA = g.lda
	}
	if g.transB {
		stepB = 1
	}
	l.sums.Start()
	for p := 0; p < g.k; p += l.steps {
		piece := l.each
		if p+l.steps >= g.k {
			piece = l.last
		}
		piece.Run(1, g.a[p*stepA:], g.b[p*stepB:], 0, l.sums.Next(), Epilogue[F]{})
		l.sums.Take()
	}
	sums := l.sums.Result()
	for i := range g.m {
		g.finish(i, 0, sums[i*g.n:][:g.n])
	}
}

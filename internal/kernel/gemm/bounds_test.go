//go:build (amd64 || arm64) && !purego

package gemm

import (
	"runtime"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// A meter finds the longest of the calls that pass through it, by work.
type meter struct{ products, moves int }

func (m *meter) product(n int) { m.products = max(m.products, n) }
func (m *meter) move(n int)    { m.moves = max(m.moves, n) }

// metered returns kernels of the shapes of ks that compute nothing and tell m how
// many whole vectors each call would multiply or read.
func metered[F kernel.Float](ks *kernels[F], m *meter) *kernels[F] {
	k := *ks
	for i := range k.tile {
		rows, vectors := i>>3, i&7
		count := func(t *tileArgs[F]) { m.product(t.k * t.panels * rows * vectors) }
		k.tile[i] = instead(count, k.tile[i])
		k.full[i] = instead(count, k.full[i])
		dot := func(d *dotArgs[F]) {
			m.product(d.blocks * d.vectors * rows * vectors)
			m.move(d.blocks * d.vectors * max(rows, vectors))
		}
		k.dot[i], k.packedDot[i] = instead(dot, k.dot[i]), instead(dot, k.packedDot[i])
		k.pack[i] = instead(func(p *packArgs[F]) { m.move(p.rows * p.panels * vectors) }, k.pack[i])
		k.axpy[i] = instead(func(a *axpyArgs[F]) { m.move(a.vectors * rows) }, k.axpy[i])
	}
	k.transpose = func(t *transposeArgs[F]) { m.move(t.blocks * 32 / kernel.Size[F]()) }
	k.finish = func(f *finishArgs[F]) { m.move(f.rows * f.vectors) }
	return &k
}

// instead returns count where there is a kernel.
func instead[A any](count, kernel func(*A)) func(*A) {
	if kernel == nil {
		return nil
	}
	return count
}

// Calls to assembly cannot be preempted, and must not grow with a product.
func TestCallsAreBounded(t *testing.T) {
	const most = 5000 * 5000 // elements of a matrix
	zeros32, zeros64 := make([]float32, most), make([]float64, most)
	kerneltest.EachISA(t, func(t *testing.T) {
		if kernel.InUse() == kernel.Generic {
			t.Skip("no assembly")
		}
		for _, s := range [][3]int{
			{3, 40, 50000}, {40, 3, 50000}, {10, 4000, 3000}, {4000, 10, 3000}, {1, 60000, 40}, {60000, 1, 40},
			{1, 40, 60000}, {40, 1, 60000}, {5000, 5000, 1}, {30, 40, 50000}, {200, 1024, 1024}, {2, 60000, 7},
		} {
			for layout := range 4 {
				p := product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 2, beta: 1, bias: true}
				testBounds(t, p, zeros32)
				testBounds(t, p, zeros64)
			}
		}
	})
}

func testBounds[F kernel.Float](t *testing.T, p product, zeros []F) {
	lda, ldb := p.k, p.n
	if p.transA {
		lda = p.m
	}
	if p.transB {
		ldb = p.k
	}
	var m meter
	g := New[F](p.m, p.n, p.k, p.transA, p.transB, lda, ldb, p.n)
	g.kernels = metered(g.kernels, &m)
	g.alpha, g.beta, g.a, g.b, g.c = F(p.alpha), F(p.beta), zeros[:p.m*p.k], zeros[:p.k*p.n], zeros[:p.m*p.n]
	g.ep = Epilogue[F]{Bias: zeros[:p.n]}
	g.units(0, g.parts)
	assert.LessOrEqual(t, m.products, maxCall, "%v", p)
	assert.LessOrEqual(t, m.moves, maxMoves, "%v", p)
	assert.Positive(t, m.products+m.moves, "%v", p)
}

// A step on a small minibatch leaves cores free.
func TestSmallNarrowProductsAreNotDivided(t *testing.T) {
	if kernel.InUse() == kernel.Generic {
		t.Skip("no assembly")
	}
	for rows, divided := range map[int]bool{16: false, 64: false, 128: true} {
		scores := New[float32](rows, 10, 3072, false, true, 3072, 3072, 10)
		dW := New[float32](10, 3072, rows, true, false, 10, 3072, 3072)
		assert.Equal(t, divided, scores.parts > 1, "scores of %d rows", rows)
		assert.Equal(t, divided, dW.parts > 1, "gradient of %d rows", rows)
	}
}

// Idle scratch goes with the garbage.
func TestScratchIsGivenUp(t *testing.T) {
	s := borrowScratch[float64]()
	held := weak.Make(s)
	s.giveBack()
	assert.Eventually(t, func() bool {
		runtime.GC()
		return held.Value() == nil
	}, 5*time.Second, time.Millisecond)
}

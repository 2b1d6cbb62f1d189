//go:build !purego

package gemm

import (
	"math/rand/v2"
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

// metered returns kernels that tell m how many whole vectors each call
// multiplies or reads before they do what ks does.
func metered[F kernel.Float](ks *kernels[F], m *meter) *kernels[F] {
	k := *ks
	for i := range k.tile {
		rows, vectors := i>>3, i&7
		count := func(t *tileArgs[F]) { m.product(t.k * t.panels * rows * vectors) }
		k.tile[i] = before(count, k.tile[i])
		k.full[i] = before(count, k.full[i])
		k.dot[i] = before(func(d *dotArgs[F]) {
			m.product(d.blocks * d.vectors * rows * vectors)
			m.move(d.blocks * d.vectors * max(rows, vectors))
		}, k.dot[i])
		k.pack[i] = before(func(p *packArgs[F]) { m.move(p.rows * p.panels * vectors) }, k.pack[i])
		k.axpy[i] = before(func(a *axpyArgs[F]) { m.move(a.vectors * rows) }, k.axpy[i])
	}
	k.transpose = before(func(t *transposeArgs[F]) { m.move(t.blocks * 32 / kernel.Size[F]()) }, k.transpose)
	k.finish = before(func(f *finishArgs[F]) { m.move(f.rows * f.vectors) }, k.finish)
	return &k
}

func before[A any](count, kernel func(*A)) func(*A) {
	if kernel == nil {
		return nil
	}
	return func(a *A) { count(a); kernel(a) }
}

// Calls to assembly cannot be preempted, and must not grow with a product.
func TestCallsAreBounded(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		if kernel.InUse() == kernel.Generic {
			t.Skip("no assembly")
		}
		for _, s := range [][3]int{
			{3, 40, 50000}, {40, 3, 50000}, {10, 4000, 3000}, {4000, 10, 3000}, {1, 60000, 40}, {60000, 1, 40},
			{1, 40, 60000}, {40, 1, 60000}, {5000, 5000, 1}, {30, 40, 50000}, {200, 1024, 1024}, {2, 60000, 7},
		} {
			for layout := range 4 {
				testBounds[float32](t, product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 2, beta: 1, bias: true})
				testBounds[float64](t, product{m: s[0], n: s[1], k: s[2], transA: layout&1 > 0, transB: layout&2 > 0, alpha: 2, beta: 1, bias: true})
			}
		}
	})
}

func testBounds[F kernel.Float](t *testing.T, p product) {
	lda, ldb := p.k, p.n
	if p.transA {
		lda = p.m
	}
	if p.transB {
		ldb = p.k
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var m meter
	g := New[F](p.m, p.n, p.k, p.transA, p.transB, lda, ldb, p.n)
	g.kernels = metered(g.kernels, &m)
	c := random[F](rng, p.m*p.n)
	g.alpha, g.beta, g.a, g.b, g.c = F(p.alpha), F(p.beta), make([]F, p.m*p.k), make([]F, p.k*p.n), c
	g.ep = Epilogue[F]{Bias: make([]F, p.n)}
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

//go:build (amd64 || arm64) && !purego

package conv

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/kerneltest"
)

// A meter finds the longest of the calls that pass through it, by work.
type meter struct{ products, vectors, pixels int }

// metered returns kernels that tell m how much each call does before they do what ks
// does.
func metered[F kernel.Float](ks *kernels[F], m *meter) *kernels[F] {
	k := *ks
	for i := range k.tile {
		rows, vectors := i>>3, i&7
		k.tile[i] = before(func(t *tileArgs[F]) {
			m.products = max(m.products, t.strips*t.nTaps*t.k*rows*vectors)
		}, k.tile[i])
	}
	for i := range k.form {
		k.form[i] = before(func(t *transformArgs[F]) { m.vectors = max(m.vectors, t.vectors*t.blocks) }, k.form[i])
	}
	for i := range k.window {
		k.window[i] = before(func(w *windowArgs[F]) { m.pixels = max(m.pixels, w.pixels*w.vectors*w.nTaps) }, k.window[i])
	}
	return &k
}

func before[A any](count, kernel func(*A)) func(*A) {
	if kernel == nil {
		return nil
	}
	return func(a *A) { count(a); kernel(a) }
}

// Calls to assembly cannot be preempted, and must not grow with an image.
func TestCallsAreBounded(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		if kernel.InUse() == kernel.Generic {
			t.Skip("no assembly")
		}
		for _, g := range []Geometry{
			{Windows{N: 1, H: 7, W: 3000, C: 16, R: 3, S: 3, Stride: [2]int{1, 1}}, 16},
			{Windows{N: 1, H: 20, W: 20, C: 60, R: 7, S: 5, Stride: [2]int{1, 1}}, 70},
			{Windows{N: 2, H: 6, W: 5, C: 600, R: 3, S: 3, Stride: [2]int{1, 1}}, 40},
		} {
			var m meter
			for _, role := range roles {
				for _, by := range algorithms(g) {
					runMetered[float32](g, role, by, &m)
					runMetered[float64](g, role, by, &m)
				}
			}
			assert.LessOrEqual(t, m.products, maxCall, "%+v", g)
			assert.LessOrEqual(t, m.vectors, maxVectors, "%+v", g)
			assert.Positive(t, m.products, "%+v", g)
		}
		var m meter
		p := NewMaxPool[float32](Windows{N: 1, H: 17, W: 2000, C: 64, R: 16, S: 16, Stride: [2]int{1, 1}})
		p.kernels = metered(p.kernels, &m)
		p.Max(make([]float32, p.lenX), make([]float32, p.lenY), make([]byte, p.lenY))
		assert.LessOrEqual(t, m.pixels, maxCall)
		assert.Positive(t, m.pixels)
	})
}

func runMetered[F kernel.Float](g Geometry, role Role, by algorithm, m *meter) {
	a, b, c := g.operands(role)
	p := newPlan[F](g, role, by)
	p.kernels = metered(p.kernels, m)
	p.Run(make([]F, a), make([]F, b), make([]F, c), gemm.Epilogue[F]{}, make([]F, p.Workspace()))
}

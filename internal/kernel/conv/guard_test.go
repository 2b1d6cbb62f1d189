//go:build unix

package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"declive/internal/kernel"
	"declive/internal/kernel/gemm"
	"declive/internal/kernel/kerneltest"
)

// guarded returns n elements between pages that nobody may touch, up against the
// one behind them or, with front, the one before them.
func guarded[F kernel.Float](t *testing.T, n int, front bool) []F {
	g := kerneltest.NewGuarded[F](t, n)
	if front {
		return g.First(n)
	}
	return g.Last(n)
}

// No kernel reads or writes beyond an operand or the workspace. A mistake ends the
// test program.
func TestBounds(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		for _, front := range []bool{false, true} {
			for _, g := range sample(slices.Concat(geometries, winogradGeometries)) {
				for _, role := range roles {
					for _, by := range algorithms(g) {
						runGuarded[float32](t, g, role, by, front)
						runGuarded[float64](t, g, role, by, front)
					}
				}
			}
			for _, g := range pools {
				poolGuarded[float32](t, g, front)
				poolGuarded[float64](t, g, front)
			}
		}
	})
}

func runGuarded[F kernel.Float](t *testing.T, g Geometry, role Role, by algorithm, front bool) {
	a, b, c := g.operands(role)
	p := newPlan[F](g, role, by)
	var ep gemm.Epilogue[F]
	if role != Weights {
		ep.Bias = guarded[F](t, g.channels(role), front)
	}
	p.Run(guarded[F](t, a, front), guarded[F](t, b, front), guarded[F](t, c, front), ep, guarded[F](t, p.Workspace(), front))
}

func poolGuarded[F kernel.Float](t *testing.T, g Windows, front bool) {
	p := NewMaxPool[F](g)
	x, y, dx := guarded[F](t, p.lenX, front), guarded[F](t, p.lenY, front), guarded[F](t, p.lenX, front)
	copy(x, wholeNumbers[F](rand.New(rand.NewPCG(1, 2)), len(x)))
	bytes := kerneltest.Bytes(guarded[float32](t, (p.lenY+3)/4, front))
	at := bytes[len(bytes)-p.lenY:]
	p.Max(x, y, at)
	p.Pick(at, x, y)
	p.Spread(at, y, dx)
}

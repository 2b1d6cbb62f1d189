//go:build (!amd64 && !arm64) || purego

package gemm

import "declive/internal/kernel"

type assembly[F kernel.Float] struct{}

func (g *Plan[F]) plan() { g.planGeneric() }

// small knows no products that are planned down to the last call.
func (g *Plan[F]) small(F, []F, []F, F, []F, *Epilogue[F]) bool { return false }

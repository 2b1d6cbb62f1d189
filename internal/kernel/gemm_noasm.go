//go:build !amd64 || purego

package kernel

type fastGemm[F Float] struct{}

func (g *Gemm[F]) plan() { g.planGeneric() }

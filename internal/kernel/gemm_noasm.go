//go:build !amd64 || purego

package kernel

type fastGemm[F Float] struct{}

func (g *Gemm[F]) plan() { g.planGeneric() }

// freeScratch has nothing to free.
func freeScratch() {}

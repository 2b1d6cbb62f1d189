//go:build !amd64 || purego

package kernel

type fastGemm[F Float] struct{}

func (g *Gemm[F]) plan() { g.planGeneric() }

// small knows no products that are planned down to the last call.
func (g *Gemm[F]) small(F, []F, []F, F, []F, *Epilogue[F]) bool { return false }

// freeScratch has nothing to free.
func freeScratch() {}

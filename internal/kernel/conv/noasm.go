//go:build (!amd64 && !arm64) || purego

package conv

import "declive/internal/kernel"

type assembly[F kernel.Float] struct{}

type tileArgs[F kernel.Float] struct{}

func kernelsInUse[F kernel.Float]() *kernels[F] { return plain[F]() }

// assembly has none.
func (p *product[F]) assembly(*kernels[F]) bool { return false }

type transformArgs[F kernel.Float] struct{}

// assembly has none.
func (t *transform[F]) assembly(*kernels[F], form) bool { return false }

type windowArgs[F kernel.Float] struct{}

// assembly computes no pixels.
func (r *windowRun[F]) assembly(*kernels[F], poolKind) int { return 0 }

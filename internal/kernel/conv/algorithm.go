package conv

import "declive/internal/kernel"

// An algorithm is a way to compute a role.
type algorithm uint8

const (
	directly algorithm = iota
	winograd           // F(4,3): for windows of 3×3 and stride 1
)

// String returns the name of the algorithm, in lower case.
func (a algorithm) String() string { return [...]string{"direct", "winograd"}[a] }

// Winograd's algorithm needs channels that fill vectors, results that fill tiles, and
// tiles that are worth the transform of the weights. The limits are measured.
const (
	winogradChannels = 16
	winogradSaving   = 2 // multiplications of the formula for one of the tiles
	winogradTiles    = 16
)

// choose returns the algorithm for a shape: F(4,3) where it is faster. In float64, the
// precision of checks, its larger rounding errors are not worth the time.
func choose[F kernel.Float](g Geometry, role Role) algorithm {
	h, w := g.Out()
	if role == Data {
		h, w = g.H, g.W
	}
	tiles := ceil(h, tileSide) * ceil(w, tileSide)
	switch {
	case kernel.Size[F]() != 4, g.R != 3, g.S != 3, g.Stride != [2]int{1, 1}:
	case min(g.C, g.K) < winogradChannels, g.N*tiles < winogradTiles:
	case 9*h*w < winogradSaving*numParts*tiles:
	default:
		return winograd
	}
	return directly
}

package autodiff

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// Random returns numbers between 0 and 1, evenly distributed, of a shape: for each
// seed and step others, and always the same for the same. They do not depend on what
// has been drawn before, so that a run can be repeated, and a training that goes on
// from its n-th step draws what it would have drawn. The step is a scalar, such as
// [Graph.Given] "step"; in float32 it counts up to 2²⁴. The derivative is 0.
//
//	yᵢ = ⌊w/2⁸⌋/2²⁴    w = word i mod 4 of Philox4x32-10 of counter (⌊i/4⌋, s) and key seed
//
// where s is the 64 bits of the step as a float64, whatever the precision; Philox is from
// Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, 2011.
//
// Random panics with an [*Error] if step is no scalar or the shape impossible.
func (g *Graph) Random(seed uint64, step *Node, shape ...int) *Node {
	return g.apply(random{to: slices.Clone(shape), seed: seed + g.stream*golden}, step)
}

// SetStream lets [Graph.Random] draw other numbers from then on, for each stream others
// of the same seeds: processes that train together have noise of their own. A graph
// begins with stream 0.
//
//	key = seed + stream·⌊2⁶⁴/φ⌋
func (g *Graph) SetStream(stream uint64) { g.stream = stream }

// golden is 2⁶⁴ divided by the golden ratio, whose multiples lie far apart.
const golden = 0x9E3779B97F4A7C15

type random struct {
	flat
	to   Shape
	seed uint64
}

func (random) name() string        { return "Random" }
func (random) traits() Traits      { return Traits{Rounds: true, Flat: true} }
func (o random) attributes() []int { return o.to.clone() }

func (o random) shape(in []*Node) (Shape, string) {
	if reason := numbers(in); reason != "" {
		return nil, reason
	}
	if len(in[0].shape) != 0 {
		return nil, fmt.Sprintf("the step has the shape %v, want a scalar", in[0].shape)
	}
	return o.to.clone(), ""
}

func (o random) reference(_ *Node, in [][]float64, out []float64) {
	step := math.Float64bits(in[0][0])
	for i := 0; i < len(out); i += 4 {
		block := philox([4]uint32{uint32(i / 4), uint32(uint64(i/4) >> 32), uint32(step), uint32(step >> 32)}, o.seed)
		for j, w := range block[:min(4, len(out)-i)] {
			out[i+j] = float64(w>>8) / (1 << 24)
		}
	}
}

// philox returns Philox4x32-10 of a counter: ten rounds of two products, whose halves
// change places, with a key that moves on by multiples of the golden ratio and √3.
func philox(counter [4]uint32, key uint64) [4]uint32 {
	k0, k1 := uint32(key), uint32(key>>32)
	c := counter
	for range 10 {
		hi0, lo0 := bits.Mul32(0xD2511F53, c[0])
		hi1, lo1 := bits.Mul32(0xCD9E8D57, c[2])
		c = [4]uint32{hi1 ^ c[1] ^ k0, lo1, hi0 ^ c[3] ^ k1, lo0}
		k0, k1 = k0+0x9E3779B9, k1+0xBB67AE85
	}
	return c
}

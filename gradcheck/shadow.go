package gradcheck

import (
	"fmt"
	"math"
)

// conditioning estimates the rounding error of a float32 gradient: how far it
// moves when every variable moves by a unit of float32 rounding, times eight.
// A sum that cancels moves far, and an error bound relative to its result
// alone would call it wrong. It is capped at 1 % of the largest gradient, so that
// a gradient that jumps there is still compared. What rounding does inside of a
// known graph is added.
func (c *checker) conditioning() ([][]float64, error) {
	out := zeros(c.x)
	for range 4 {
		x := clone(c.x)
		for b, signs := range c.signs(c.x) {
			for i := range x[b] {
				moved := float64(float32(x[b][i] * (1 + 2*eps32*signs[i])))
				if c.inside(moved) {
					x[b][i] = moved
				}
			}
		}
		g, ok, err := c.backward(x, c.v)
		if !ok || err != nil {
			return nil, fmt.Errorf("gradcheck: gradient at a point one rounding away: %w", err)
		}
		for b := range g {
			most := 0.01 * c.margin(c.grad[b]).max
			for i := range g[b] {
				if d := 8 * math.Abs(g[b][i]-c.grad[b][i]); d > out[b][i] {
					out[b][i] = min(d, most)
				}
			}
		}
	}
	return out, c.addRounding(c.x, out)
}

package gradcheck

import "math"

// expected compares the gradient of variable b with one that was given.
func (c *checker) expected(b int, want []float64) {
	r := &c.report.Vars[b]
	if len(want) != len(c.grad[b]) {
		c.fault("Expect: %d values for the gradient of %s, which has %d", len(want), r.Name, len(c.grad[b]))
		return
	}
	m := c.margin(c.grad[b])
	r.Expected = true
	for i, a := range c.grad[b] {
		n := want[i]
		k := Coord{Index: i, X: c.x[b][i], Analytic: a, Numeric: n, Left: n, Right: n, Tol: m.of(i, a, n)}
		if !(math.Abs(a-n) <= k.Tol) {
			k.Verdict = Disagree
		}
		r.Coords = append(r.Coords, k)
	}
}

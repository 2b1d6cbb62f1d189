package gradcheck

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// expectKnown returns an error if [Expect] names what is no variable.
func (o *options) expectKnown(vars []Var) error {
	for _, name := range slices.Sorted(maps.Keys(o.expect)) {
		if !slices.ContainsFunc(vars, func(v Var) bool { return v.Name == name }) {
			var names []string
			for _, v := range vars {
				names = append(names, v.Name)
			}
			return fmt.Errorf("gradcheck: Expect: there is no variable %q, but %s", name, shorten(names, 6))
		}
	}
	return nil
}

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

package gradcheck

import (
	"maps"
	"slices"

	"declive/gradcheck/internal/subject"
)

// ties looks for gradients at kinks that are no directional derivatives: along a
// direction in which the function is smooth, the gradient must give the slope. It
// tells a maximum that passes its gradient to both of two equal operands from one
// that shares it or picks a winner.
//
// With [Strict] all variables move by ±1, in eight directions, whether or not a
// coordinate showed a kink: those that were not compared, in a sample or along
// random directions, may have one. That is off for whole networks, where automatic
// differentiation at several kinks at once legitimately gives no directional
// derivative: relu(t) − relu(−t) = t has slope 1 and AD says 0 or 2 at t = 0.
//
// A plain function is asked only what such a network also obeys: equal variables
// move together, so that their ties stay ties. Everything else says in a note
// that ties were not looked at, if there are kinks.
func (c *checker) ties() error {
	switch {
	case c.report.Wrong() > 0:
		return nil
	case c.o.kinks == Strict:
		return c.tiesAlong(8, c.signDirection)
	case c.o.kinks == Interval && c.p.equalTies:
		return c.equalTies()
	case c.o.kinks == Interval && c.report.kinks() > 0:
		c.noteTies()
	}
	return nil
}

// tiesAlong compares the gradient along n directions, and reports the first along
// which the function is smooth and the gradient wrong.
func (c *checker) tiesAlong(n int, direction func(k int) [][]float64) error {
	for k := range n {
		along, s, err := c.compareAlong(c.through(direction(k)), c.s.Grad, Interval)
		if err != nil {
			return err
		}
		if !s.Kink && along.Verdict == Disagree {
			c.report.Ties = append(c.report.Ties, along)
			return nil
		}
	}
	return nil
}

// signDirection moves the variables by ±1 of one length for each tensor, and the
// first time all the same way, so that every group of equal variables stays equal.
func (c *checker) signDirection(k int) [][]float64 {
	u := c.s.Signs(c.s.X)
	for b := range u {
		length := subject.Scale(c.s.X[b])
		for i := range u[b] {
			if k == 0 {
				u[b][i] = 1
			}
			u[b][i] *= length
		}
	}
	return u
}

// equalTies compares the gradient along two directions in which variables with
// equals move with them, all of a value by the same ±U[½, 3/2]·length, and the
// others stand. Variables of 0 stand too: there are the kinks of single variables,
// as of rectifiers, which may cancel along a direction.
func (c *checker) equalTies() error {
	groups := equals(c.s.X)
	atZero := len(groups[0]) > 1
	delete(groups, 0)
	if atZero && c.report.kinks() > 0 {
		c.noteTies()
	}
	if len(groups) == 0 {
		return nil
	}
	return c.tiesAlong(2, func(int) [][]float64 { return c.togetherDirection(groups) })
}

func (c *checker) noteTies() {
	c.note("at kinks the gradient was compared with the slopes of both sides only, not along directions in which operands stay equal; Kinks(Strict) does that")
}

// A spot is an element of a variable.
type spot struct{ variable, element int }

// equals returns the places of each value that stands at more than one.
func equals(x [][]float64) map[float64][]spot {
	of := map[float64][]spot{}
	for b := range x {
		for i, v := range x[b] {
			of[v] = append(of[v], spot{b, i})
		}
	}
	for v, at := range of {
		if len(at) < 2 {
			delete(of, v)
		}
	}
	return of
}

// togetherDirection moves each group of equal variables by a step of its own.
func (c *checker) togetherDirection(groups map[float64][]spot) [][]float64 {
	u := subject.Zeros(c.s.X)
	for _, v := range slices.Sorted(maps.Keys(groups)) {
		step := subject.Scale(c.s.X[groups[v][0].variable]) * (0.5 + c.s.Rand.Float64()) * float64(1-2*c.s.Rand.IntN(2))
		for _, p := range groups[v] {
			u[p.variable][p.element] = step
		}
	}
	return u
}

// kinks returns the number of coordinates at kinks.
func (r *Report) kinks() int {
	n := 0
	for i := range r.Vars {
		n += r.Vars[i].Kinks
	}
	return n
}

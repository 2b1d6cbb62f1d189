package gradcheck

// strictTies asks more of an operation at a kink than that its gradient lies
// between the slopes: along every direction in which the function is smooth,
// the gradient must give the slope. It tells a maximum that passes its gradient
// to both of two equal operands from one that shares it or picks a winner. It
// looks along eight directions whether or not a coordinate showed a kink: those
// that were not compared, in a sample or along random directions, may have one.
//
// It is off for whole networks, where automatic differentiation at several
// kinks at once legitimately gives no directional derivative: relu(t) −
// relu(−t) = t has slope 1 and AD says 0 or 2 at t = 0.
func (c *checker) strictTies() error {
	if c.o.kinks != Strict || c.report.Wrong() > 0 {
		return nil
	}
	for k := range 8 {
		u := c.signs(c.x)
		for b := range u {
			length := common(scales(c.x[b]))
			for i := range u[b] {
				if k == 0 { // all together, so that every group of equal variables stays equal
					u[b][i] = 1
				}
				u[b][i] *= length
			}
		}
		along, s, err := c.compareAlong(c.x, u, c.grad, c.base, Interval)
		if err != nil {
			return err
		}
		if s.kink || along.Verdict != Disagree {
			continue
		}
		c.report.Ties = append(c.report.Ties, along)
		return nil
	}
	return nil
}

// common returns one length for all steps, so that equal variables stay equal.
func common(s []float64) float64 {
	top := 0.0
	for _, v := range s {
		top = max(top, v)
	}
	return top
}

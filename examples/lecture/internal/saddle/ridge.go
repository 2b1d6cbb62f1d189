package saddle

import "gonum.org/v1/gonum/floats"

// ridge returns a start for the smallest network beside the ridge that leads
// down to the saddle: with the given w, and v so that gradient descent takes one
// side of the saddle, and the other for v greater by the width.
func (p *problem) ridge(w, width, rate float64) ([]float64, error) {
	lo, hi := -3.0, 0.0
	for hi-lo > width {
		middle := (lo + hi) / 2
		if err := p.objective.Move([]float64{w, middle}); err != nil {
			return nil, err
		}
		t, err := p.run(entrants(rate)[0], 400, nil)
		if err != nil {
			return nil, err
		}
		if t.end()[0] > 0 {
			hi = middle
		} else {
			lo = middle
		}
	}
	return []float64{w, lo}, nil
}

// A bend is what the loss looks like at a step of a way.
type bend struct{ lowest, highest, slope float64 }

// along returns the curvatures of the loss along a way.
func (p *problem) along(t *track) ([]bend, error) {
	all := make([]bend, len(t.way))
	for i, w := range t.way {
		c, err := p.classified(w)
		if err != nil {
			return nil, err
		}
		all[i] = bend{c.Lowest.Value, c.Highest.Value, c.GradientNorm}
	}
	return all, nil
}

// beside returns weights a small distance from others, in a direction of which
// each component is drawn by the generator.
func beside(w []float64, distance float64, draw func() float64) []float64 {
	d := make([]float64, len(w))
	for i := range d {
		d[i] = draw()
	}
	floats.Scale(distance/floats.Norm(d, 2), d)
	return floats.AddTo(d, d, w)
}

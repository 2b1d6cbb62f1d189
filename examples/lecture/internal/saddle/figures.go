package saddle

import (
	"math"
	"slices"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/plot"
)

var box = plot.Box{Left: -2, Right: 2, Bottom: -2, Top: 2}

// mapFigure draws the ways over the level curves.
func (p *problem) mapFigure(tracks []*track) (report.Figure, error) {
	surface, err := plane.Tabulate(p.objective, box, 141)
	if err != nil {
		return report.Figure{}, err
	}
	m := plot.Map{Title: "Ways past a saddle", X: "weight w", Y: "weight v", Surface: surface, Levels: surface.Levels(16)}
	for i, t := range slices.Backward(tracks) { // the slow ones, which take the narrowest way, above the others
		style := plot.Style{Color: plot.Look(i).Color, Width: 1.2, Radius: 1.6}
		if i%2 == 1 { // broad, to be seen on both sides of the next one if that takes the same way
			style.Width, style.Radius = 4.5, 3.6
		}
		m.Paths = append(m.Paths, t.way.Path(t.name, style))
	}
	return report.Figure{
		Name: "saddle-ways",
		Caption: "The loss of v·tanh(w·x), dark where it is low: two minima, and the saddle at (0, 0) between them. The dots are steps; where they crowd, a method hardly moves. " +
			"Newton's method ends on the saddle.",
		Picture: m,
	}, nil
}

// lossFigure draws the loss of each track after each step.
func lossFigure(name, title string, tracks []*track, caption string) report.Figure {
	c := plot.Chart{Title: title, X: plot.Axis{Name: "steps", Log: true}, Y: plot.Axis{Name: "loss"}, Height: 8.5}
	for i, t := range tracks {
		style := plot.Look(i)
		style.Width = 1.2
		c.Series = append(c.Series, plot.Series{Name: t.name, Y: t.losses[1:], Style: style})
	}
	return report.Figure{Name: name, Caption: caption, Picture: c}
}

// curvatureFigure draws the eigenvalues along the way of gradient descent.
func curvatureFigure(all []bend) report.Figure {
	steps := lesson.Counted(len(all))
	var low, high, slope []float64
	for _, c := range all {
		low, high, slope = append(low, c.lowest), append(high, c.highest), append(slope, c.slope)
	}
	return report.Figure{
		Name: "saddle-eigenvalues",
		Caption: "The eigenvalues of the Hessian and the length of the gradient along the way of gradient descent. Near the saddle the gradient vanishes and one eigenvalue is negative; " +
			"at the minimum the gradient vanishes and both are positive. The gradient alone cannot tell the two.",
		Picture: plot.Chart{
			Title: "Curvature along the way of gradient descent",
			X:     plot.Axis{Name: "steps"},
			Y:     plot.Axis{Name: "eigenvalue; length"},
			Series: []plot.Series{
				{Name: "highest eigenvalue", X: steps, Y: high},
				{Name: "lowest eigenvalue", X: steps, Y: low},
				{Name: "length of the gradient", X: steps, Y: slope},
				{X: []float64{0, steps[len(steps)-1]}, Y: []float64{0, 0}, Style: plot.Style{Color: plot.Grey, Width: 0.75}},
			},
			Height: 8.5,
		},
	}
}

// findingsFigure draws how many directions fall from a stationary point, over
// its loss, with discs of an area by how often it was found.
func findingsFigure(searches ...*search) report.Figure {
	c := plot.Chart{Title: "Stationary points of the network", X: plot.Axis{Name: "loss"}, Y: plot.Axis{Name: "falling directions, %"}, Height: 8.5}
	lo, hi, most := math.Inf(1), math.Inf(-1), 0.0
	for i, s := range searches {
		discs := plot.Series{Name: []string{newtonName, freeName}[i], Mark: plot.Dots, Style: plot.Style{Color: plot.Look(i).Color, Radius: 3}}
		for _, f := range s.findings {
			discs.X, discs.Y = append(discs.X, f.Loss), append(discs.Y, 100*f.share())
			discs.Radii = append(discs.Radii, 2+0.5*math.Sqrt(float64(f.times)))
			lo, hi, most = min(lo, f.Loss), max(hi, f.Loss), max(most, 100*f.share())
		}
		c.Series = append(c.Series, discs)
	}
	if wide := 0.05 * (hi - lo); wide > 0 {
		c.X.Range = [2]float64{lo - wide, hi + wide}
	}
	c.Y.Range = [2]float64{-3, max(10, 1.1*most)}
	return report.Figure{
		Name: "saddle-index",
		Caption: "Every stationary point that Newton's method and saddle-free Newton reach from the same random starts: the part of its directions along which the loss falls, over its loss. " +
			"0 % is a minimum. The larger the disc, the more starts led there.",
		Picture: c,
	}
}

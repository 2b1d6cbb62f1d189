package saddle

import (
	"math"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
)

var box = plane.Box{Left: -2, Right: 2, Bottom: -2, Top: 2}

// mapFigure draws the ways over the level curves.
func (p *problem) mapFigure(tracks []*track) (report.Figure, error) {
	grid, err := plane.Tabulate(p.objective, box, 141)
	if err != nil {
		return report.Figure{}, err
	}
	m := plane.NewMap("Ways past a saddle", "weight w", "weight v", grid, grid.Levels(16))
	for i, t := range slices.Backward(tracks) { // the slow ones, which take the narrowest way, above the others
		m.Way(t.name, t.way, theme.Style{Color: theme.Series(i).Color, Width: 1.2, Radius: 1.8})
	}
	return report.Figure{
		Name: "saddle-ways",
		Caption: "The loss of v·tanh(w·x), dark where it is low: two minima, and the saddle at (0, 0) between them. The dots are steps; where they crowd, a method hardly moves. " +
			"Newton's method ends on the saddle.",
		Height: 15 * vg.Centimeter,
		Draw:   plane.Draw(1, m),
	}, nil
}

// lossFigure draws the loss of each track after each step.
func lossFigure(name, title string, tracks []*track, caption string) report.Figure {
	p := theme.New(title, "steps", "loss")
	for i, t := range tracks {
		style := theme.Series(i)
		style.Width = 1.2
		theme.Line(p, t.name, theme.XYs(1, t.losses[1:]), style)
	}
	theme.Logarithmic(&p.X)
	return report.Figure{Name: name, Caption: caption, Height: 8.5 * vg.Centimeter, Draw: theme.Draw(p)}
}

// curvatureFigure draws the eigenvalues along the way of gradient descent.
func curvatureFigure(all []bend) report.Figure {
	low, high, slope := make([]float64, len(all)), make([]float64, len(all)), make([]float64, len(all))
	for i, c := range all {
		low[i], high[i], slope[i] = c.lowest, c.highest, c.slope
	}
	p := theme.New("Curvature along the way of gradient descent", "steps", "eigenvalue; length")
	theme.Line(p, "highest eigenvalue", theme.XYs(0, high), theme.Series(0))
	theme.Line(p, "lowest eigenvalue", theme.XYs(0, low), theme.Series(1))
	theme.Line(p, "length of the gradient", theme.XYs(0, slope), theme.Series(2))
	theme.Line(p, "", plotter.XYs{{X: 0, Y: 0}, {X: float64(len(all) - 1), Y: 0}}, theme.Style{Color: theme.Grey, Width: 0.75})
	return report.Figure{
		Name: "saddle-eigenvalues",
		Caption: "The eigenvalues of the Hessian and the length of the gradient along the way of gradient descent. Near the saddle the gradient vanishes and one eigenvalue is negative; " +
			"at the minimum the gradient vanishes and both are positive. The gradient alone cannot tell the two.",
		Height: 8.5 * vg.Centimeter,
		Draw:   theme.Draw(p),
	}
}

// findingsFigure draws how many directions fall from a stationary point, over
// its loss, with discs of an area by how often it was found.
func findingsFigure(searches ...*search) report.Figure {
	p := theme.New("Stationary points of the network", "loss", "falling directions, %")
	for i, s := range searches {
		look := theme.Style{Color: theme.Series(i).Color}
		for _, f := range s.findings {
			look.Radius = vg.Length(2 + 0.5*math.Sqrt(float64(f.times)))
			theme.Dots(p, "", plotter.XYs{{X: f.Loss, Y: 100 * f.share()}}, look)
		}
		thumbnail := draw.GlyphStyle{Color: look.Color, Radius: 3, Shape: draw.CircleGlyph{}}
		p.Legend.Add([]string{newtonName, freeName}[i], &plotter.Scatter{GlyphStyle: thumbnail})
	}
	wide := 0.05 * (p.X.Max - p.X.Min)
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = p.X.Min-wide, p.X.Max+wide, -3, 1.1*p.Y.Max
	return report.Figure{
		Name: "saddle-index",
		Caption: "Every stationary point that Newton's method and saddle-free Newton reach from the same random starts: the part of its directions along which the loss falls, over its loss. " +
			"0 % is a minimum. The larger the disc, the more starts led there.",
		Height: 8.5 * vg.Centimeter,
		Draw:   theme.Draw(p),
	}
}

package stepsize

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
)

var box = plane.Box{Left: -2.4, Right: 5, Bottom: -3.4, Top: 4}

// waysFigure draws the ways of the choices side by side.
func waysFigure(f *fit, ways []plane.Way) (report.Figure, error) {
	grid, err := plane.Tabulate(f.objective, box, 61)
	if err != nil {
		return report.Figure{}, err
	}
	var maps []*plane.Map
	for i, c := range f.choices() {
		m := plane.NewMap(fmt.Sprintf("%s: η = %.3f", c.name, c.rate), "first weight", "second weight", grid, grid.Levels(7))
		m.Title.TextStyle.Font.Size = 10
		m.Way("", ways[i], theme.Style{Color: theme.Vermilion, Width: 1, Radius: 1.6})
		maps = append(maps, m)
	}
	return report.Figure{
		Name: "step-size-ways",
		Caption: fmt.Sprintf("The first %d steps of gradient descent from the same start on the same loss. Too small a rate does not arrive, the right one goes to and fro across the valley and arrives, "+
			"one 5 %% above the edge climbs the walls.", len(ways[0])-1),
		Height: 6.5 * vg.Centimeter,
		Draw:   plane.Draw(3, maps...),
	}, nil
}

// lossFigure draws the loss by steps for some rates.
func lossFigure(trials []trial) report.Figure {
	p := theme.New("Loss by steps, for rates as parts of 2/λmax", "steps", "loss")
	for i, t := range trials {
		theme.Line(p, fmt.Sprintf("%g", t.part), theme.XYs(0, t.losses), theme.Series(i))
	}
	p.Y.Min, p.Y.Max = 0, 2*trials[0].losses[0]
	return report.Figure{
		Name:    "step-size-loss",
		Caption: "A linear model of digits. Below the edge every rate ends lower than it began, the larger the faster; above it the loss turns and grows without bound, out of the picture.",
		Height:  8.5 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

// rates returns parts of the edge from a twentieth to a little above it.
func rates() []float64 {
	var parts []float64
	for k := 1; k < 20; k++ {
		parts = append(parts, float64(k)/20)
	}
	return append(parts, 0.97, 0.98, 0.99, 0.995, 1, 1.005, 1.01, 1.015, 1.02)
}

// edgeFigure draws where the runs end over their rates.
func edgeFigure(trials []trial, steps int) report.Figure {
	p := theme.New(fmt.Sprintf("Loss after %d steps", steps), "rate η as a part of 2/λmax", "loss")
	var ends plotter.XYs
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, t := range trials {
		ends = append(ends, plotter.XY{X: t.part, Y: t.last()})
		lo, hi = min(lo, t.last()), max(hi, t.last())
	}
	theme.Line(p, "2/λmax", plotter.XYs{{X: 1, Y: lo}, {X: 1, Y: hi}}, theme.Style{Color: theme.Black, Width: 1, Dashes: theme.Series(1).Dashes})
	theme.Dots(p, "a run", ends, theme.Style{Color: theme.Blue, Radius: 2.5})
	theme.Logarithmic(&p.Y)
	p.X.Min, p.X.Max = 0, 1.1
	return report.Figure{
		Name:    "step-size-edge",
		Caption: "Where gradient descent ends, over its rate; the vertical axis is logarithmic. Up to the edge that Lanczos measured, more is better; just beyond it everything is lost.",
		Height:  8.5 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

package stepsize

import (
	"fmt"
	"math"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/plot"
)

var box = plot.Box{Left: -2.4, Right: 5, Bottom: -3.4, Top: 4}

// waysFigure draws the ways of the choices side by side.
func waysFigure(f *fit, ways []plane.Way) (report.Figure, error) {
	surface, err := plane.Tabulate(f.objective, box, 61)
	if err != nil {
		return report.Figure{}, err
	}
	maps := plot.Tiles{Height: 6.5}
	for i, c := range f.choices() {
		maps.Pictures = append(maps.Pictures, plot.Map{
			Title:   fmt.Sprintf("%s: η = %.3f", c.name, c.rate),
			X:       "first weight",
			Y:       "second weight",
			Surface: surface,
			Levels:  surface.Levels(7),
			Paths:   []plot.Series{ways[i].Path("", plot.Style{Color: plot.Vermilion, Width: 1, Radius: 1.6})},
		})
	}
	return report.Figure{
		Name: "step-size-ways",
		Caption: fmt.Sprintf("The first %d steps of gradient descent from the same start on the same loss. Too small a rate does not arrive, the right one goes to and fro across the valley and arrives, "+
			"one 5 %% above the edge climbs the walls.", len(ways[0])-1),
		Picture: maps,
	}, nil
}

// lossFigure draws the loss by steps for some rates.
func lossFigure(trials []trial) report.Figure {
	c := plot.Chart{
		Title:  "Loss by steps, for rates as parts of 2/λmax",
		X:      plot.Axis{Name: "steps"},
		Y:      plot.Axis{Name: "loss", Range: [2]float64{0, 2 * trials[0].losses[0]}},
		Height: 8.5,
	}
	for _, t := range trials {
		c.Series = append(c.Series, plot.Series{Name: fmt.Sprintf("%g", t.part), X: lesson.Counted(len(t.losses)), Y: t.losses})
	}
	return report.Figure{
		Name:    "step-size-loss",
		Caption: "A linear model of digits. Below the edge every rate ends lower than it began, the larger the faster; above it the loss turns and grows without bound, out of the picture.",
		Picture: c,
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
	runs := plot.Series{Name: "a run", Mark: plot.Dots, Style: plot.Style{Color: plot.Blue, Radius: 2.5}}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, t := range trials {
		runs.X, runs.Y = append(runs.X, t.part), append(runs.Y, t.last())
		lo, hi = min(lo, t.last()), max(hi, t.last())
	}
	edge := plot.Series{Name: "2/λmax", X: []float64{1, 1}, Y: []float64{lo, hi}, Style: plot.Style{Color: plot.Black, Width: 1}.Dashed()}
	return report.Figure{
		Name:    "step-size-edge",
		Caption: "Where gradient descent ends, over its rate; the vertical axis is logarithmic. Up to the edge that Lanczos measured, more is better; just beyond it everything is lost.",
		Picture: plot.Chart{
			Title:  fmt.Sprintf("Loss after %d steps", steps),
			X:      plot.Axis{Name: "rate η as a part of 2/λmax", Range: [2]float64{0, 1.1}},
			Y:      plot.Axis{Name: "loss", Log: true},
			Series: []plot.Series{edge, runs},
			Height: 8.5,
		},
	}
}

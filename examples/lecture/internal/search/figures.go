package search

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
)

// lowestFigure draws the lowest loss by tries, and the losses of the first
// search.
func lowestFigure(hunts []*hunt) report.Figure {
	p := theme.New("Random search", "tries", "loss over the training part")
	theme.Dots(p, "tries of search 1", theme.XYs(1, hunts[0].losses), theme.Style{Color: theme.Grey, Radius: 1})
	for i, h := range hunts {
		theme.Steps(p, fmt.Sprintf("lowest, search %d", i+1), theme.XYs(1, h.lowest), theme.Series(i))
	}
	theme.Logarithmic(&p.X)
	return report.Figure{
		Name:    "random-search",
		Caption: "The lowest loss after so many tries. The horizontal axis is logarithmic: each further step down takes several times the tries of the one before.",
		Draw:    theme.Draw(p),
	}
}

// accuracyFigure draws what the searches reach beside other accuracies.
func accuracyFigure(accuracies []float64, chance float64, data string) report.Figure {
	bars := []struct {
		name  string
		value float64
		color color.Color
	}{
		{"chance", chance, theme.Blue},
		{"random search, here", stat.Mean(accuracies, nil), theme.Blue},
		{"random search, the lecture", lectureAccuracy, theme.Grey},
		{"state of the art, the lecture", lectureBest, theme.Grey},
	}
	p := theme.New("Test accuracy", "right, %", "")
	labels := make(plot.ConstantTicks, len(bars))
	for i, b := range bars {
		at := float64(len(bars) - 1 - i)
		labels[i] = plot.Tick{Value: at, Label: b.name}
		theme.Line(p, "", plotter.XYs{{X: 0, Y: at}, {X: 100 * b.value, Y: at}}, theme.Style{Color: b.color, Width: 18})
		theme.Label(p, fmt.Sprintf("%.1f %%", 100*b.value), 100*b.value, at)
	}
	p.Y.Padding, p.Y.Tick.Marker, p.Y.Tick.Length = 0, labels, 0
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 110, -0.6, float64(len(bars))-0.4
	spread := fmt.Sprintf("between %.1f and %.1f %%", 100*slices.Min(accuracies), 100*slices.Max(accuracies))
	return report.Figure{
		Name:    "random-search-accuracy",
		Caption: fmt.Sprintf("The best of the tries beside what the lecture names, on CIFAR-10 there and on %s here, where the searches lie %s.", data, spread),
		Height:  5.5 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

// cosineFigure draws the cosines beside the formula.
func cosineFigure(all []direction, weights int) report.Figure {
	p := theme.New("The weighted mean of tries points down the slope", "tries n", "cosine with −gradient")
	measured, law := make(plotter.XYs, len(all)), make(plotter.XYs, len(all))
	for i, d := range all {
		measured[i] = plotter.XY{X: float64(d.tries), Y: d.cosine}
		law[i] = plotter.XY{X: float64(d.tries), Y: d.expected}
	}
	theme.Line(p, fmt.Sprintf("1/√(1 + e·%d/n)", weights), law, theme.Style{Color: theme.Grey, Dashes: theme.Series(1).Dashes})
	theme.LineDots(p, "measured", measured, theme.Style{Color: theme.Blue, Radius: 3})
	theme.Logarithmic(&p.X)
	return report.Figure{
		Name:    "weighted-search",
		Caption: fmt.Sprintf("Cosine between the step of a weighted random search of n tries and the negative gradient in the space of %d weights; 1 would be the same direction.", weights),
		Draw:    theme.Draw(p),
	}
}

package search

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/gonum/stat"

	"declive/examples/lecture/internal/report"
	"declive/plot"
)

// lowestFigure draws the lowest loss by tries, and the losses of the first
// search.
func lowestFigure(hunts []*hunt) report.Figure {
	all := []plot.Series{{Name: "tries of search 1", Y: hunts[0].losses, Mark: plot.Dots, Style: plot.Style{Color: plot.Grey, Radius: 1}}}
	for i, h := range hunts {
		all = append(all, plot.Series{Name: fmt.Sprintf("lowest, search %d", i+1), Y: h.lowest, Mark: plot.Steps, Style: plot.Look(i)})
	}
	return report.Figure{
		Name:    "random-search",
		Caption: "The lowest loss after so many tries. The horizontal axis is logarithmic: each further step down takes several times the tries of the one before.",
		Picture: plot.Chart{
			Title:  "Random search",
			X:      plot.Axis{Name: "tries", Log: true},
			Y:      plot.Axis{Name: "loss over the training part"},
			Series: all,
		},
	}
}

// accuracyFigure draws what the searches reach beside other accuracies, a bar for
// each.
func accuracyFigure(accuracies []float64, chance float64, data string) report.Figure {
	bars := []struct {
		name  string
		value float64
		color color.Color
	}{
		{"chance", chance, plot.Blue},
		{"random search, here", stat.Mean(accuracies, nil), plot.Blue},
		{"random search, the lecture", lectureAccuracy, plot.Grey},
		{"state of the art, the lecture", lectureBest, plot.Grey},
	}
	c := plot.Chart{
		Title:  "Test accuracy",
		X:      plot.Axis{Name: "right, %", Range: [2]float64{0, 110}},
		Y:      plot.Axis{Range: [2]float64{-0.6, float64(len(bars)) - 0.4}},
		Height: 5.5,
	}
	for i, b := range bars {
		at, right := float64(len(bars)-1-i), 100*b.value
		c.Y.Ticks = append(c.Y.Ticks, plot.Tick{At: at, Name: b.name})
		c.Series = append(c.Series, plot.Series{X: []float64{0, right}, Y: []float64{at, at}, Style: plot.Style{Color: b.color, Width: 18}})
		c.Notes = append(c.Notes, plot.Note{Text: fmt.Sprintf("%.1f %%", right), X: right, Y: at})
	}
	spread := fmt.Sprintf("between %.1f and %.1f %%", 100*slices.Min(accuracies), 100*slices.Max(accuracies))
	return report.Figure{
		Name:    "random-search-accuracy",
		Caption: fmt.Sprintf("The best of the tries beside what the lecture names, on CIFAR-10 there and on %s here, where the searches lie %s.", data, spread),
		Picture: c,
	}
}

// cosineFigure draws the cosines beside the formula.
func cosineFigure(all []direction, weights int) report.Figure {
	var tries, measured, law []float64
	for _, d := range all {
		tries, measured, law = append(tries, float64(d.tries)), append(measured, d.cosine), append(law, d.expected)
	}
	return report.Figure{
		Name:    "weighted-search",
		Caption: fmt.Sprintf("Cosine between the step of a weighted random search of n tries and the negative gradient in the space of %d weights; 1 would be the same direction.", weights),
		Picture: plot.Chart{
			Title: "The weighted mean of tries points down the slope",
			X:     plot.Axis{Name: "tries n", Log: true},
			Y:     plot.Axis{Name: "cosine with −gradient"},
			Series: []plot.Series{
				{Name: fmt.Sprintf("1/√(1 + e·%d/n)", weights), X: tries, Y: law, Style: plot.Style{Color: plot.Grey}.Dashed()},
				{Name: "measured", X: tries, Y: measured, Mark: plot.LineAndDots, Style: plot.Style{Color: plot.Blue, Radius: 3}},
			},
		},
	}
}

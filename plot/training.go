package plot

import "declive/optim"

// Losses returns a chart of the loss by epochs, as [optim.Trainer.Fit] reports
// them: that of training, the mean during an epoch before the steps that it led
// to, and that of the validation part after the epoch, if there is one. The names
// of the series can be changed:
//
//	c := plot.Losses("digits", epochs)
//	c.Series[1].Name = "test"
func Losses(title string, epochs []optim.Epoch) Chart {
	number, train := by(epochs, func(e optim.Epoch) float64 { return e.Loss })
	c := Chart{
		Title:  title,
		X:      Axis{Name: "epoch"},
		Y:      Axis{Name: "loss", Zero: true},
		Series: []Series{{Name: "training", X: number, Y: train, Mark: mark(epochs)}},
	}
	if validated(epochs) {
		_, loss := by(epochs, func(e optim.Epoch) float64 { return e.Validation.Loss })
		c.Series = append(c.Series, Series{Name: "validation", X: number, Y: loss, Mark: mark(epochs)})
	}
	return c
}

// Accuracies returns a chart of the part of the validation examples that is
// classified right, in per cent, by epochs.
func Accuracies(title string, epochs []optim.Epoch) Chart {
	number, right := by(epochs, func(e optim.Epoch) float64 { return 100 * e.Validation.Accuracy })
	return Chart{
		Title:  title,
		X:      Axis{Name: "epoch"},
		Y:      Axis{Name: "right of the validation part, %"},
		Series: []Series{{X: number, Y: right, Mark: mark(epochs)}},
	}
}

// mark returns a line with dots, as long as there is room for them.
func mark(epochs []optim.Epoch) Mark {
	const few = 40
	if len(epochs) > few {
		return Line
	}
	return LineAndDots
}

// by returns the numbers of epochs and something about each.
func by(epochs []optim.Epoch, of func(optim.Epoch) float64) (number, y []float64) {
	for _, e := range epochs {
		number, y = append(number, float64(e.Number)), append(y, of(e))
	}
	return number, y
}

func validated(epochs []optim.Epoch) bool {
	return len(epochs) > 0 && epochs[0].Validation.Examples > 0
}

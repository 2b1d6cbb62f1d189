package classifier

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"declive/examples/internal/classify"
	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/examples/lecture/internal/theme"
	"declive/nn"
	"declive/optim"
)

// curveFigure draws loss and accuracy by passages.
func curveFigure(results []*result) report.Figure {
	sgd, svm, descent := results[0], results[1], results[2]
	left := theme.New("Loss of softmax", "passages", "loss")
	trained := func(e optim.Epoch) float64 { return e.Loss }
	tested := func(e optim.Epoch) float64 { return e.Validation.Loss }
	right := theme.New("Test accuracy", "passages", "right, %")
	accuracy := func(e optim.Epoch) float64 { return 100 * e.Validation.Accuracy }
	blue, red, green := theme.Series(0), theme.Series(1), theme.Series(2)
	red.Dashes, green.Dashes = nil, nil
	dashed := func(s theme.Style) theme.Style { s.Dashes = theme.Series(1).Dashes; return s }
	theme.Line(left, "SGD, training", curve(sgd, trained), blue)
	theme.Line(left, "SGD, test", curve(sgd, tested), dashed(blue))
	theme.Line(left, "gradient descent, training", curve(descent, trained), red)
	theme.Line(left, "gradient descent, test", curve(descent, tested), dashed(red))
	theme.Line(right, "softmax, SGD", curve(sgd, accuracy), blue)
	theme.Line(right, "SVM, SGD", curve(svm, accuracy), green)
	theme.Line(right, "softmax, gradient descent", curve(descent, accuracy), red)
	theme.Logarithmic(&left.X, &right.X)
	return report.Figure{
		Name: "classifier-curves",
		Caption: "Training by passages through the training images, on a logarithmic axis. The loss of training is the mean during a passage, before the steps it led to; " +
			"that of the test images is taken after it.",
		Height: 17 * vg.Centimeter,
		Draw:   theme.Tiles(1, left, right),
	}
}

func curve(r *result, of func(optim.Epoch) float64) plotter.XYs {
	points := make(plotter.XYs, len(r.epochs))
	for i, e := range r.epochs {
		points[i] = plotter.XY{X: float64(e.Number), Y: of(e)}
	}
	return points
}

// confusionFigure draws the counts as shades and numbers.
func confusionFigure(c confusion, classes []string, data string) report.Figure {
	p := theme.New("Confusion", "taken for", "class")
	p.Add(cells{c})
	n := float64(len(c))
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, n, 0, n
	x, y := make(plot.ConstantTicks, len(classes)), make(plot.ConstantTicks, len(classes))
	for i, name := range classes {
		x[i] = plot.Tick{Value: float64(i) + 0.5, Label: name}
		y[i] = plot.Tick{Value: n - 0.5 - float64(i), Label: name}
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = x, y
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.LineStyle.Width, a.Tick.LineStyle.Width, a.Tick.Length, a.Padding = 0, 0, 3, 0
		a.Tick.Label.Font.Size = 8
	}
	return report.Figure{
		Name:    "classifier-confusion",
		Caption: fmt.Sprintf("How the test images of %s are classified: in each row the images of one class, in each column what they are taken for, in per cent of the row. Darker is more; the diagonal is right.", data),
		Height:  13 * vg.Centimeter,
		Draw:    theme.Draw(p),
	}
}

// templatesFigure draws the rows of the weights as images.
func templatesFigure(m *nn.Linear, s *lesson.Setting) report.Figure {
	shape, w := s.Train.Shape(), m.Weights()[0].Value().Float32s()
	size := shape.Size()
	plots := make([]*plot.Plot, len(s.Train.Classes()))
	for i, class := range s.Train.Classes() {
		p := theme.New(class, "", "")
		p.HideAxes()
		p.X.Padding, p.Y.Padding = 0, 0
		p.Add(plotter.NewImage(classify.Template(w[i*size:][:size], shape), 0, 0, 1, 1))
		plots[i] = p
	}
	caption := "The weights of each class as an image: red raises the score, blue lowers it, grey is 0."
	if s.Real {
		caption = "The weights of each class as an image, each stretched to the range of its weights: bright red, green and blue are the colours that raise the score most."
	}
	const columns = 5
	return report.Figure{
		Name:    "classifier-templates",
		Caption: caption,
		Height:  8.2 * vg.Centimeter,
		Draw: func(c draw.Canvas) {
			tiles := draw.Tiles{Rows: (len(plots) + columns - 1) / columns, Cols: columns, PadX: 8, PadY: 8}
			for i, p := range plots {
				p.Draw(tiles.At(c, i%columns, i/columns))
			}
		},
	}
}

package classifier

import (
	"fmt"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/nn"
	"declive/optim"
	"declive/plot"
)

// curveFigure draws loss and accuracy by passages.
func curveFigure(results []*result) report.Figure {
	sgd, svm, descent := results[0], results[1], results[2]
	blue, red, green := plot.Style{Color: plot.Blue}, plot.Style{Color: plot.Vermilion}, plot.Style{Color: plot.Green}
	trained := func(e optim.Epoch) float64 { return e.Loss }
	tested := func(e optim.Epoch) float64 { return e.Validation.Loss }
	accuracy := func(e optim.Epoch) float64 { return 100 * e.Validation.Accuracy }
	passages := plot.Axis{Name: "passages", Log: true}
	losses := plot.Chart{Title: "Loss of softmax", X: passages, Y: plot.Axis{Name: "loss"}, Series: []plot.Series{
		sgd.curve("SGD, training", trained, blue),
		sgd.curve("SGD, test", tested, blue.Dashed()),
		descent.curve("gradient descent, training", trained, red),
		descent.curve("gradient descent, test", tested, red.Dashed()),
	}}
	accuracies := plot.Chart{Title: "Test accuracy", X: passages, Y: plot.Axis{Name: "right, %"}, Series: []plot.Series{
		sgd.curve("softmax, SGD", accuracy, blue),
		svm.curve("SVM, SGD", accuracy, green),
		descent.curve("softmax, gradient descent", accuracy, red),
	}}
	return report.Figure{
		Name: "classifier-curves",
		Caption: "Training by passages through the training images, on a logarithmic axis. The loss of training is the mean during a passage, before the steps it led to; " +
			"that of the test images is taken after it.",
		Picture: plot.Tiles{Pictures: []plot.Picture{losses, accuracies}, Columns: 1, Height: 17},
	}
}

// curve returns a line of something about each epoch.
func (r *result) curve(name string, of func(optim.Epoch) float64, style plot.Style) plot.Series {
	s := plot.Series{Name: name, Style: style}
	for _, e := range r.epochs {
		s.X, s.Y = append(s.X, float64(e.Number)), append(s.Y, of(e))
	}
	return s
}

// confusionFigure draws the counts as shades and numbers.
func confusionFigure(c confusion, classes []string, data string) report.Figure {
	return report.Figure{
		Name:    "classifier-confusion",
		Caption: fmt.Sprintf("How the test images of %s are classified: in each row the images of one class, in each column what they are taken for, in per cent of the row. Darker is more; the diagonal is right.", data),
		Picture: plot.Confusion{Title: "Confusion", Counts: c, Classes: classes},
	}
}

// templatesFigure draws the rows of the weights as images.
func templatesFigure(m *nn.Linear, s *lesson.Setting) (report.Figure, error) {
	rows, err := plot.Rows(m.Weights()[0])
	if err != nil {
		return report.Figure{}, err
	}
	images, err := plot.Templates(rows, s.Train.Shape(), s.Train.Classes())
	images.Width, images.Height = 17, 8.2
	caption := "The weights of each class as an image: red raises the score, blue lowers it, grey is 0."
	if s.Real {
		caption = "The weights of each class as an image, each stretched to the range of its weights: bright red, green and blue are the colours that raise the score most."
	}
	return report.Figure{Name: "classifier-templates", Caption: caption, Picture: images}, err
}

package minibatch

import (
	"context"
	"fmt"
	"iter"
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/plane"
	"declive/examples/lecture/internal/report"
	"declive/losses"
	"declive/optim"
	"declive/optim/curvature"
	"declive/plot"
)

// A line is a model of two weights, f = w·x, with the examples it learns from.
type line struct {
	data *datasets.Dataset
	w    *autodiff.Param
}

// newLine draws examples of a known line with noise. The second feature varies
// half as much as the first, and the loss is a long bowl.
func newLine(s *lesson.Setting) (*line, error) {
	d, err := datasets.Linear(200, []float64{1.5, -1}, 0, 1, s.Rand)
	if err != nil {
		return nil, err
	}
	d, err = d.With(datasets.Transform{Shift: []float64{0}, Scale: []float64{1, 0.5}})
	if err != nil {
		return nil, err
	}
	w := autodiff.NewParam("w", tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(1, 2)))
	return &line{d.Float64(), w}, nil
}

func (l *line) loss(x, y *autodiff.Node) *autodiff.Node {
	return losses.Squared(x.MatMul(x.Graph().Param(l.w).T()), y)
}

// walk goes from a start by steps on batches.
func (l *line) walk(start []float64, rate float64, steps int, batches iter.Seq[autodiff.Batch]) (plane.Way, error) {
	w := l.w.Value().Float64s()
	copy(w, start)
	trainer, err := optim.NewTrainer(l.loss, []*autodiff.Param{l.w}, optim.SGD{LearningRate: rate})
	if err != nil {
		return nil, err
	}
	way := plane.Way{{w[0], w[1]}}
	for b := range endless(batches) {
		if len(way) > steps {
			break
		}
		if _, err := trainer.Step(b); err != nil {
			return nil, err
		}
		way = append(way, []float64{w[0], w[1]})
	}
	return way, nil
}

// The walks: both with the same rate and number of steps.
const (
	walkRate  = 0.1
	walkSteps = 60
	walkBatch = 4
)

var (
	walkStart = []float64{-1.2, 1.6}
	walkBox   = plot.Box{Left: -2.5, Right: 4.5, Bottom: -3.5, Top: 2.5}
)

// walk adds the ways of gradient descent and of SGD over the same loss.
func walk(_ context.Context, s *lesson.Setting, page *report.Page) error {
	l, err := newLine(s)
	if err != nil {
		return err
	}
	all, err := l.data.All()
	if err != nil {
		return err
	}
	o, err := curvature.NewObjective(l.loss, []*autodiff.Param{l.w}, all)
	if err != nil {
		return err
	}
	smooth, err := l.walk(walkStart, walkRate, walkSteps, l.data.Minibatches(0, nil))
	if err != nil {
		return err
	}
	noisy, err := l.walk(walkStart, walkRate, walkSteps, l.data.Minibatches(walkBatch, s.Rand))
	if err != nil {
		return err
	}
	surface, err := plane.Tabulate(o, walkBox, s.Count(21, 81, 81))
	if err != nil {
		return err
	}
	lossAfter := make([]float64, 2)
	for i, way := range []plane.Way{smooth, noisy} {
		if lossAfter[i], err = plane.LossAt(o, way[len(way)-1]...); err != nil {
			return err
		}
	}
	page.Paragraph("On a loss of two weights, a straight line through %d points, the noise can be seen. Both ways take %d steps with learning rate %g. "+
		"Gradient descent looks at all examples each time, SGD at %d: its way is %.1f long instead of %.1f, ends at a loss of %.3f instead of %.3f, "+
		"and took %d examples instead of %d. Near the bottom it does not come to rest, because there the slopes of the examples cancel only in the mean.",
		l.data.Len(), walkSteps, walkRate, walkBatch, length(noisy), length(smooth), lossAfter[1], lossAfter[0], walkSteps*walkBatch, walkSteps*l.data.Len())
	page.Figure(walkFigure(surface, smooth, noisy))
	return nil
}

func length(way plane.Way) float64 {
	sum := 0.0
	for i := 1; i < len(way); i++ {
		sum += math.Hypot(way[i][0]-way[i-1][0], way[i][1]-way[i-1][1])
	}
	return sum
}

func walkFigure(surface *plot.Surface, smooth, noisy plane.Way) report.Figure {
	return report.Figure{
		Name:    "sgd-path",
		Caption: fmt.Sprintf("The loss over all examples from above, and %d steps of both methods from the same point with the same learning rate.", walkSteps),
		Picture: plot.Map{
			Title:   "Gradient descent and SGD",
			X:       "first weight",
			Y:       "second weight",
			Surface: surface,
			Paths: []plot.Series{
				smooth.Path("gradient descent", plot.Style{Color: plot.Blue, Width: 1.8, Radius: 2}),
				noisy.Path(fmt.Sprint("SGD, batch ", walkBatch), plot.Style{Color: plot.Vermilion, Width: 1.2, Radius: 1.6}),
			},
		},
	}
}

// Package minibatch is the eighth section of the lecture: gradients of few
// examples, how noisy they are, and what their cheapness buys.
package minibatch

import (
	"context"
	"fmt"
	"strings"

	"gorgonia.org/tensor"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
	"declive/optim"
)

// Section is the eighth of the lecture.
var Section = lesson.Section{Number: 8, Title: "Minibatches", Run: fill}

func fill(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	for _, part := range []func(context.Context, *lesson.Setting, *report.Page) error{measureNoise, walk, compareSizes, compareMethods} {
		if err := part(ctx, s, page); err != nil {
			return err
		}
	}
	return nil
}

// measureNoise adds the noise of the gradient by batch size.
func measureNoise(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	d, err := s.Shrunk(1, s.Count(128, 4096, 4096))
	if err != nil {
		return err
	}
	m := newModel(d, tensor.Float32)
	trainer, err := m.trainer(optim.SGD{LearningRate: warmRate})
	if err != nil {
		return err
	}
	for b := range d.Minibatches(64, s.Rand) {
		if _, err := trainer.Step(b); err != nil {
			return err
		}
	}
	all, err := noises(ctx, s, m, d)
	if err != nil {
		return err
	}
	page.Paragraph("The gradient over all examples is a mean, and the mean of a few examples drawn at random estimates it. "+
		"After one passage of training we draw minibatches of m of %d images, with replacement, and compare their gradients g_m with g, that of all. "+
		"The cosine of the two says how well the step points; the mean of ‖g_m − g‖² is the variance, which is σ²/m if σ² is that of single examples.", d.Len())
	t := report.Table{
		Caption: "Noise of the gradient by batch size.",
		Head:    []string{"batch m", "cosine with g", "variance", "σ²/m", "ratio"},
	}
	for _, n := range all {
		t.Rows = append(t.Rows, []string{fmt.Sprint(n.batch), fmt.Sprintf("%.3f", n.cosine), fmt.Sprintf("%.3g", n.variance),
			fmt.Sprintf("%.3g", n.law), fmt.Sprintf("%.2f", n.variance/n.law)})
	}
	page.Table(t)
	quarter, whole := all[len(all)-3], all[len(all)-1]
	page.Paragraph("A batch of %d costs four times one of %d and halves the noise: its cosine is %.3f instead of %.3f. "+
		"That is the whole case for small batches: precision grows with the root of the work.", whole.batch, quarter.batch, whole.cosine, quarter.cosine)
	page.Figure(noiseFigure(all))
	return nil
}

// warmRate is the learning rate of the passage before noise is measured.
const warmRate = 0.002

// compareSizes adds the loss by time and by examples for batches of all sizes.
func compareSizes(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	d, err := s.Shrunk(1, s.Count(256, 39*256, 39*256)) // no batch is smaller than the others
	if err != nil {
		return err
	}
	runs, err := runSizes(ctx, s, d, sizes(s.Real))
	if err != nil {
		return err
	}
	page.Paragraph("The same classifier, trained from weights of zero on %d images, with minibatches of different size and with all at once; "+
		"each with a learning rate that suits it, from a few tries. The small batches make many cheap steps, the large ones few and dear; "+
		"what counts is the loss after the same time, or after the same number of examples.", d.Len())
	page.Table(runsTable("Training with batches of different size.", "learning rate", runs))
	page.Paragraph("%s", race(runs))
	page.Figure(runsFigure("batch-size-examples", "Batch sizes by examples", runs, byExamples,
		"The loss over all training images against the examples seen. Both axes are logarithmic."))
	page.Figure(runsFigure("batch-size-time", "Batch sizes by time", runs, bySeconds,
		"The same runs against the time they took on this machine: a batch of one sees fewer examples a second, because a step has costs that do not depend on its size."))
	return nil
}

// race compares how fast minibatches come as low as all examples at once, the
// last of the runs.
func race(runs []*run) string {
	all := runs[len(runs)-1]
	end := all.last()
	text := fmt.Sprintf("With %s at once the loss ends at %.4f, after %.2f s.", strings.TrimPrefix(all.name, "all "), end.loss, end.seconds)
	for _, r := range runs[:len(runs)-1] {
		if p, ok := r.below(end.loss); ok {
			text += fmt.Sprintf(" %s is below that after %.3f s and %d examples.", r.title(), p.seconds, p.examples)
		} else {
			text += fmt.Sprintf(" %s ends at %.4f.", r.title(), r.last().loss)
		}
	}
	return text
}

// compareMethods adds the contest.
func compareMethods(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	d, err := s.Shrunk(s.Coarse(), s.Count(256, 2048, 2048)) // as many whole batches of 256
	if err != nil {
		return err
	}
	d = d.Float64()
	runs, err := contest(ctx, s, d)
	if err != nil {
		return err
	}
	page.Paragraph("All methods of the lecture on one task: a classifier with %d weights of %d images shrunk to %d features, small enough for the numerical gradient, from weights of zero. "+
		"Work is counted in examples whose loss or gradient was computed: a try of random search counts all examples once, a numerical gradient counts them once for every weight and once more.",
		len(d.Classes())*d.Features(), d.Len(), d.Features()-1)
	page.Table(runsTable("All methods on the same task. The rate of a search is the deviation of its tries.", "rate", runs))
	page.Paragraph("%s", verdict(runs))
	page.Figure(runsFigure("methods-examples", "All methods by examples", runs, byExamples,
		"The loss over all examples against the examples computed. Both axes are logarithmic. Random search, its weighted mean and the numerical gradient look at all examples many times before each step."))
	page.Figure(runsFigure("methods-time", "All methods by time", runs, bySeconds,
		"The same runs against the time they took on this machine."))
	return nil
}

// verdict compares how much work the methods need to come as low as the best
// that random search found.
func verdict(runs []*run) string {
	search := runs[0].last()
	text := fmt.Sprintf("Random search comes to a loss of %.3f with %d examples computed.", search.loss, search.examples)
	for _, r := range runs[1:] {
		if p, ok := r.below(search.loss); ok {
			text += fmt.Sprintf(" %s is below that after %d.", r.title(), p.examples)
		}
	}
	return text
}

// runsTable lists where the runs come to.
func runsTable(caption, rate string, runs []*run) report.Table {
	t := report.Table{Caption: caption, Head: []string{"method", rate, "steps", "examples", "time, s", "examples a second", "loss at the end"}}
	for _, r := range runs {
		last := r.last()
		t.Rows = append(t.Rows, []string{r.name, fmt.Sprint(r.rate), fmt.Sprint(r.steps), fmt.Sprint(last.examples), fmt.Sprintf("%.3f", last.seconds),
			fmt.Sprintf("%.0f", float64(last.examples)/last.seconds), fmt.Sprintf("%.4f", last.loss)})
	}
	return t
}

// Package classifier is the ninth section of the lecture: the linear classifier,
// trained to the end.
package classifier

import (
	"context"
	"fmt"

	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
)

// Section is the ninth of the lecture.
var Section = lesson.Section{Number: 9, Title: "The classifier", Run: run}

func run(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	d, err := prepare(s)
	if err != nil {
		return err
	}
	seed := s.Rand.Uint64()
	var results []*result
	for _, j := range jobs(s) {
		r, err := j.do(ctx, s, d, seed)
		if err != nil {
			return err
		}
		s.Progressf("  %s: test accuracy %.2f %%, %.1f s", j.name, 100*r.test.Accuracy, r.seconds)
		results = append(results, r)
	}
	introduce(page, s, results)
	page.Figure(curveFigure(results))
	c, err := confuse(results[0].model, d.test)
	if err != nil {
		return err
	}
	classes := d.test.Classes()
	m, best, poorest := c.worst()
	page.Paragraph("What the softmax classifier of SGD confuses: it recognises class “%s” best, %.0f %% of it, and “%s” least, %.0f %%; "+
		"its most frequent mistake is to take “%s” for “%s”, %.0f %% of them.",
		classes[best], 100*c.share(best, best), classes[poorest], 100*c.share(poorest, poorest), classes[m.truth], classes[m.taken], 100*m.share)
	page.Figure(confusionFigure(c, classes, s.Name))
	page.Paragraph("A row of W has a weight for every pixel and can be looked at as an image: the score of a class is the inner product of the image with that template. " +
		"One template for each class is all that a linear classifier has.")
	templates, err := templatesFigure(results[0].model, s)
	if err != nil {
		return err
	}
	page.Figure(templates)
	return nil
}

// introduce says what was trained and what came out.
func introduce(page *report.Page, s *lesson.Setting, results []*result) {
	sgd, descent := results[0], results[2]
	page.Paragraph("All together: a linear classifier of %d features and %d classes, trained on %d images, tested on %d others that it has not seen. "+
		"All start from the same weights, normal with deviation 10⁻⁴.",
		s.Train.Features(), len(s.Train.Classes()), s.Train.Len(), s.Test.Len())
	page.Code(`model := nn.NewLinear("scores", train.Features(), 10, nn.Normal(1e-4), rng)
loss := func(x, y *autodiff.Node) *autodiff.Node {
	return losses.SoftmaxCrossEntropy(model.Forward(x), y).Add(losses.L2(lambda, x.Graph(), model.Weights()...))
}
rule := optim.Scheduled(optim.SGD{LearningRate: rate}, optim.Cosine(steps, 0.01))
trainer, err := optim.NewTrainer(loss, model.Params(), rule, optim.WithScores(model.Forward))
epochs, err := trainer.Fit(ctx, train, optim.Plan{Epochs: 10, BatchSize: 64, Rand: rng, Validation: test.Consecutive(500)})`)
	page.Table(resultsTable(results))
	same := descent.epochs[sgd.job.epochs-1]
	page.Paragraph("SGD gets %.2f %% of the test images right after %d passages through the training images, %d steps. "+
		"Gradient descent makes one step in a passage: after the same %d passages it gets %.2f %%, after %d it gets %.2f %%. Chance gets %.0f %%.",
		100*sgd.test.Accuracy, sgd.job.epochs, sgd.steps(s.Train.Len()), sgd.job.epochs, 100*same.Validation.Accuracy,
		descent.job.epochs, 100*descent.test.Accuracy, 100/float64(len(s.Train.Classes())))
}

func resultsTable(results []*result) report.Table {
	t := report.Table{
		Caption: "The same model from the same start. The loss has the penalty in it.",
		Head:    []string{"loss, method", "batch", "first rate", "passages", "steps", "time, s", "train loss", "train, %", "test, %"},
	}
	for _, r := range results {
		batch := fmt.Sprint(r.batch)
		if r.batch == 0 {
			batch = "all"
		}
		t.Rows = append(t.Rows, []string{r.name, batch, fmt.Sprint(r.rate), fmt.Sprint(r.job.epochs), fmt.Sprint(r.steps(r.train.Examples)), fmt.Sprintf("%.1f", r.seconds),
			fmt.Sprintf("%.4f", r.train.Loss), fmt.Sprintf("%.2f", 100*r.train.Accuracy), fmt.Sprintf("%.2f", 100*r.test.Accuracy)})
	}
	return t
}

// Package search is the first section of the lecture: weights drawn at random,
// and what the losses of many draws tell about the slope.
package search

import (
	"context"
	"fmt"

	"gonum.org/v1/gonum/stat"

	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/examples/lecture/internal/report"
)

// Section is the first of the lecture.
var Section = lesson.Section{Number: 1, Title: "Random search", Run: run}

// What the lecture says, for comparison; both are test accuracies on CIFAR-10.
const (
	lectureAccuracy = 0.155 // of its own random search, 1000 tries, one seed
	lectureBest     = 0.95  // that it quotes as the state of the art
)

// seeds is how often the search is repeated.
const seeds = 5

func run(ctx context.Context, s *lesson.Setting, page *report.Page) error {
	tries := s.Count(40, 1000, 1000)
	train, test, err := s.Centred()
	if err != nil {
		return err
	}
	page.Paragraph("The simplest way to find good weights is to try some. A linear classifier gives an image x the scores s = x·Wᵀ, "+
		"one for each class; the loss, here that of the multiclass support vector machine, says how far the scores are from right. "+
		"We draw %d matrices W of %d × %d normal numbers with standard deviation %g, compute the loss of each over all %d training images, "+
		"and keep the best. The images are the bytes as they are, 0 to 255, without the mean image, and with a 1 at the end for the bias.",
		tries, len(train.Classes()), train.Features(), scale, train.Len())
	page.Code(`random, err := search.NewRandom(losses.MulticlassHinge, w, search.Tries{Scale: 1e-4, Rand: rng})
for try, err := range random.Try(1000, train.Consecutive(1024)) {
	fmt.Println(try.Number, try.Loss, try.Lowest)
}`)
	var hunts []*hunt
	for i := range seeds {
		h, err := random(ctx, s, train, test, tries)
		if err != nil {
			return err
		}
		s.Progressf("  search %d of %d: best loss %.3f, test accuracy %.2f %%, %.1f s", i+1, seeds, h.best(), 100*h.accuracy, h.took.Seconds())
		hunts = append(hunts, h)
	}
	describe(s, page, hunts)
	return weighted(ctx, s, train, page)
}

// describe adds the table and the figures of the searches.
func describe(s *lesson.Setting, page *report.Page, hunts []*hunt) {
	table := report.Table{
		Caption: fmt.Sprintf("%d searches of %d tries each.", len(hunts), len(hunts[0].losses)),
		Head:    []string{"search", "first loss", "best loss", "test accuracy, %", "time, s"},
	}
	var best, accuracies, seconds []float64
	for i, h := range hunts {
		table.Rows = append(table.Rows, []string{fmt.Sprint(i + 1), fmt.Sprintf("%.3f", h.losses[0]), fmt.Sprintf("%.3f", h.best()),
			fmt.Sprintf("%.2f", 100*h.accuracy), fmt.Sprintf("%.1f", h.took.Seconds())})
		best, accuracies = append(best, h.best()), append(accuracies, h.accuracy)
		seconds = append(seconds, h.took.Seconds())
	}
	table.Rows = append(table.Rows,
		[]string{"mean", "", fmt.Sprintf("%.3f", stat.Mean(best, nil)), fmt.Sprintf("%.2f", 100*stat.Mean(accuracies, nil)), fmt.Sprintf("%.1f", stat.Mean(seconds, nil))},
		[]string{"deviation", "", fmt.Sprintf("%.3f", stat.StdDev(best, nil)), fmt.Sprintf("%.2f", 100*stat.StdDev(accuracies, nil)), ""})
	page.Table(table)
	chance := 1 / float64(len(s.Test.Classes()))
	page.Paragraph("The best of the tries gets %.1f %% of the test images right, where chance gets %.0f %%. The lecture reports %.1f %% for its own search on CIFAR-10, "+
		"with one seed, and quotes %.0f %% as the state of the art.%s",
		100*stat.Mean(accuracies, nil), 100*chance, 100*lectureAccuracy, 100*lectureBest, aside(s))
	page.Paragraph("A try takes %.0f ms, with 100 tries computed in one passage through the images. Luck runs out quickly: "+
		"the second half of the tries lowers the loss by %.3f on average, the first half by %.3f.",
		1000*stat.Mean(seconds, nil)/float64(len(hunts[0].losses)), gain(hunts, 0.5, 1), gain(hunts, 0, 0.5))
	page.Figure(lowestFigure(hunts))
	page.Figure(accuracyFigure(accuracies, chance, s.Name))
}

// aside reminds of what the data are.
func aside(s *lesson.Setting) string {
	if s.Real {
		return ""
	}
	return " The numbers beside these are of " + s.Name + ", which are easier."
}

// gain returns by how much the lowest loss falls between two parts of the
// searches, on average.
func gain(hunts []*hunt, from, to float64) float64 {
	sum := 0.0
	for _, h := range hunts {
		at := func(part float64) float64 { return h.lowest[int(part*float64(len(h.lowest)-1))] }
		sum += at(from) - at(to)
	}
	return sum / float64(len(hunts))
}

// weighted adds what the losses of many tries around one point tell.
func weighted(ctx context.Context, s *lesson.Setting, train *datasets.Dataset, page *report.Page) error {
	tries := []int{10, 30, 100, 300, 1000, 3000, 10000}
	all, weights, err := directions(ctx, s, train, tries[:s.Count(3, 6, 7)])
	if err != nil {
		return err
	}
	first, last := all[0], all[len(all)-1]
	page.Paragraph("The search throws away all tries but one. Their losses tell more: draw the tries around the present W and move to their mean, "+
		"each weighted by how low its loss is. With %d tries of these %d weights the cosine of that step with the negative gradient is %.3f; "+
		"with %d it is %.3f. Random search, done thoroughly, finds the slope, but not cheaply: by the formula below, as many tries as there are weights come to a cosine of %.2f.",
		first.tries, weights, first.cosine, last.tries, last.cosine, expected(1))
	page.Table(cosineTable(all))
	page.Figure(cosineFigure(all, weights))
	return nil
}

func cosineTable(all []direction) report.Table {
	t := report.Table{
		Caption: fmt.Sprintf("Cosine of the weighted mean's step with the negative gradient, mean of %d steps.", repetitions),
		Head:    []string{"tries", "cosine", "by the formula"},
	}
	for _, d := range all {
		t.Rows = append(t.Rows, []string{fmt.Sprint(d.tries), fmt.Sprintf("%.4f", d.cosine), fmt.Sprintf("%.4f", d.expected)})
	}
	return t
}

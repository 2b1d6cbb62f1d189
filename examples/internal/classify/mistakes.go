package classify

import (
	"cmp"
	"fmt"
	"image"
	"slices"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/plot"
	"declive/train/metric"
)

// answers are what a classifier makes of the test part.
type answers struct {
	truth, taken []int
	mistakes     int
	wrong        []mistake // of images, the worst first
}

// A mistake is a wrong answer to an image.
type mistake struct {
	truth, taken int
	by           float64 // how much higher the taken class scores than the right one
	pixels       []float64
}

// answered applies the model to the test part.
func (j *Job) answered() (*answers, error) {
	a := new(answers)
	err := j.scored(j.Test, func(scores []float64, b autodiff.Batch) error {
		truths := labels(b.Y)
		for i, truth := range truths {
			if err := j.answer(a, row(scores, i, len(truths)), truth, b, i); err != nil {
				return err
			}
		}
		a.keep(worst)
		return nil
	})
	return a, err
}

// answer takes in what the model makes of the i-th example of a batch.
func (j *Job) answer(a *answers, s []float64, truth int, b autodiff.Batch, i int) error {
	if len(s) == 1 { // the score of the second of two classes
		s = []float64{0, s[0]}
	}
	taken := slices.Index(s, slices.Max(s))
	if taken < 0 {
		return fmt.Errorf("test example %d has a score that is no number", len(a.truth))
	}
	a.truth, a.taken = append(a.truth, truth), append(a.taken, taken)
	if taken == truth {
		return nil
	}
	a.mistakes++
	if len(j.Shape) == 3 {
		a.wrong = append(a.wrong, mistake{truth, taken, s[taken] - s[truth], floats(row(b.X.Float32s(), i, b.Y.Shape()[0]))})
	}
	return nil
}

// keep keeps the n worst mistakes, the worst first.
func (a *answers) keep(n int) {
	slices.SortStableFunc(a.wrong, func(x, y mistake) int { return cmp.Compare(y.by, x.by) })
	a.wrong = a.wrong[:min(n, len(a.wrong))]
}

// labels returns the classes of a batch, also of two that are coded as −1 and 1.
func labels(y *tensor.Dense) []int {
	if y.Dtype() == tensor.Int {
		return y.Ints()
	}
	all := make([]int, y.Shape().TotalSize())
	for i, sign := range numbers(y) {
		if sign > 0 {
			all[i] = 1
		}
	}
	return all
}

// row returns the i-th of n equal parts.
func row[F float32 | float64](all []F, i, n int) []F {
	width := len(all) / n
	return all[i*width:][:width]
}

// floats returns numbers in float64.
func floats(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// confusion returns what the test examples of each class are taken for.
func (j *Job) confusion(a *answers) (plot.Picture, error) {
	c := metric.NewConfusion(len(j.Classes))
	if err := c.Add(a.taken, a.truth); err != nil {
		return nil, err
	}
	return plot.Confusion{
		Title:   fmt.Sprintf("%s: what test examples are taken for, %% of each class", j.Data),
		Counts:  c.Counts(),
		Classes: j.Classes,
	}, nil
}

// worst is the largest number of mistakes in a picture.
const worst = 20

// mistakes returns the images of the test part that are wrong by most, the worst
// first, each with its class and the one that it is taken for; nil if there are
// no mistakes.
func (j *Job) mistakes(a *answers) (plot.Picture, error) {
	if len(a.wrong) == 0 {
		return nil, nil
	}
	p := plot.Images{Title: fmt.Sprintf("%s: the worst %d of %d mistakes, right class → taken for", j.Data, len(a.wrong), a.mistakes), Columns: 5, Width: 17}
	for _, m := range a.wrong {
		img, err := example(m.pixels, j.Shape, j.Transform)
		if err != nil {
			return nil, err
		}
		p.Images = append(p.Images, img)
		p.Titles = append(p.Titles, j.Classes[m.truth]+" → "+j.Classes[m.taken])
	}
	p.Height = 1.2 + 3.6*float64((len(a.wrong)+4)/5)
	return p, nil
}

// example returns an example as an image as it was before a transform, grey if it
// has one plane, from its lowest to its highest value.
func example(pixels []float64, shape autodiff.Shape, t datasets.Transform) (image.Image, error) {
	pixels = slices.Clone(pixels)
	for k := range pixels {
		if n := len(t.Scale); n > 0 && t.Scale[k%n] != 0 {
			pixels[k] /= t.Scale[k%n]
		}
		if n := len(t.Shift); n > 0 {
			pixels[k] += t.Shift[k%n]
		}
	}
	if shape[0] == 1 {
		pixels, shape = slices.Concat(pixels, pixels, pixels), autodiff.Shape{3, shape[1], shape[2]}
	}
	return plot.Template(pixels, shape)
}

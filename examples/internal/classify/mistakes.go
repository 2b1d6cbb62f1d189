package classify

import (
	"cmp"
	"fmt"
	"image"
	"slices"

	"declive/autodiff"
	"declive/datasets"
	"declive/plot"
	"declive/train/metric"
)

// answers are what a classifier makes of the test part.
type answers struct {
	truth, taken []int
	by           []float64 // how much higher the taken class scores than the right one
}

// answered applies the model to the test part.
func (j *Job) answered() (*answers, error) {
	scores, err := j.predictions(j.Test)
	if err != nil {
		return nil, err
	}
	a := &answers{truth: j.Test.Labels()}
	width := len(scores) / max(1, len(a.truth))
	for i, truth := range a.truth {
		s := scores[i*width:][:width]
		if width == 1 { // the score of the second of two classes
			s = []float64{0, s[0]}
		}
		taken := slices.Index(s, slices.Max(s))
		if taken < 0 {
			return nil, fmt.Errorf("test example %d has a score that is no number", i)
		}
		a.taken, a.by = append(a.taken, taken), append(a.by, s[taken]-s[truth])
	}
	return a, nil
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
	var wrong []int
	for i := range a.truth {
		if a.taken[i] != a.truth[i] {
			wrong = append(wrong, i)
		}
	}
	if len(wrong) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(wrong, func(i, k int) int { return cmp.Compare(a.by[k], a.by[i]) })
	t := j.whole().Transform
	shown := wrong[:min(worst, len(wrong))]
	p := plot.Images{Title: fmt.Sprintf("%s: the worst %d of %d mistakes, right class → taken for", j.Data, len(shown), len(wrong)), Columns: 5, Width: 17}
	for _, i := range shown {
		img, err := example(j.Test, i, t)
		if err != nil {
			return nil, err
		}
		p.Images = append(p.Images, img)
		p.Titles = append(p.Titles, j.Classes[a.truth[i]]+" → "+j.Classes[a.taken[i]])
	}
	p.Height = 1.2 + 3.6*float64((len(shown)+4)/5)
	return p, nil
}

// example returns an example as an image as it was before a transform, grey if it
// has one plane, from its lowest to its highest value.
func example(d *datasets.Dataset, i int, t datasets.Transform) (image.Image, error) {
	b, err := d.Float64().Batch(i)
	if err != nil {
		return nil, err
	}
	pixels, shape := b.X.Float64s(), d.Shape()
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

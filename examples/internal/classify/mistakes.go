package classify

import (
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
	wrong        int
	worst        []mistake // of images, the worst first
}

// A mistake is an image with how much higher the taken class scores than the right one.
type mistake struct {
	truth, taken int
	by           float64
	x            []float64 // as the model sees it
}

// worst is the largest number of mistakes in a picture.
const worst = 20

// answered applies the model to the test part.
func (j *Job) answered() (*answers, error) {
	a := &answers{}
	return a, j.scores(j.Test, func(scores []float64, b autodiff.Batch) error {
		truth := classesOf(b.Y)
		width := len(scores) / max(1, len(truth))
		for i, right := range truth {
			s := scores[i*width:][:width]
			if width == 1 { // the score of the second of two classes
				s = []float64{0, s[0]}
			}
			taken := slices.Index(s, slices.Max(s))
			if taken < 0 {
				return fmt.Errorf("test example %d has a score that is no number", len(a.truth))
			}
			a.truth, a.taken = append(a.truth, right), append(a.taken, taken)
			if taken != right {
				a.add(mistake{right, taken, s[taken] - s[right], nil}, func() []float64 { return j.image(b, i) })
			}
		}
		return nil
	})
}

// classesOf returns labels as they are, and the signs of a logistic loss as 0 and 1.
func classesOf(y *tensor.Dense) []int {
	if y.Dtype() == tensor.Int {
		return y.Ints()
	}
	out := make([]int, y.Shape().TotalSize())
	for i, v := range numbers(y) {
		if v > 0 {
			out[i] = 1
		}
	}
	return out
}

// image returns a copy of an example of a batch, nil where examples are no images.
func (j *Job) image(b autodiff.Batch, i int) []float64 {
	if len(j.Shape) != 3 {
		return nil
	}
	x, n := numbers(b.X), j.Shape.Size()
	return slices.Clone(x[i*n:][:n])
}

// add notes a mistake, with its image if it is one of the worst.
func (a *answers) add(m mistake, image func() []float64) {
	a.wrong++
	at, _ := slices.BinarySearchFunc(a.worst, m.by, func(w mistake, by float64) int {
		if w.by >= by { // of equals the first comes first
			return -1
		}
		return 1
	})
	if at == worst {
		return
	}
	m.x = image()
	a.worst = slices.Insert(a.worst, at, m)
	a.worst = a.worst[:min(worst, len(a.worst))]
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

// mistakes returns the images of the test part that are wrong by most, the worst
// first, each with its class and the one that it is taken for; nil if there are
// no mistakes.
func (j *Job) mistakes(a *answers) (plot.Picture, error) {
	if a.wrong == 0 {
		return nil, nil
	}
	t := j.complete().Transform
	p := plot.Images{Title: fmt.Sprintf("%s: the worst %d of %d mistakes, right class → taken for", j.Data, len(a.worst), a.wrong), Columns: 5, Width: 17}
	for _, m := range a.worst {
		img, err := example(m.x, j.Shape, t)
		if err != nil {
			return nil, err
		}
		p.Images = append(p.Images, img)
		p.Titles = append(p.Titles, j.Classes[m.truth]+" → "+j.Classes[m.taken])
	}
	p.Height = 1.2 + 3.6*float64((len(a.worst)+4)/5)
	return p, nil
}

// example returns an example as an image as it was before a transform, grey if it
// has one plane, from its lowest to its highest value.
func example(x []float64, shape autodiff.Shape, t datasets.Transform) (image.Image, error) {
	pixels := slices.Clone(x)
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

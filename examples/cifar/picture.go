package main

import (
	"cmp"
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"declive/autodiff"
	"declive/internal/dense"
	"declive/optim"
	"declive/plot"
)

// draw leaves the pictures beside the model, and says what there is.
func (j *job) draw(epochs []optim.Epoch, v *verdict) error {
	var err error
	for _, p := range []struct {
		name string
		make func() (plot.Picture, error)
	}{
		{"accuracy.png", func() (plot.Picture, error) { return j.curve(epochs), nil }},
		{"confusion.png", func() (plot.Picture, error) {
			return plot.Confusion{Title: j.what, Counts: v.confusion.Counts(), Classes: j.test.Classes()}, nil
		}},
		{"filters.png", func() (plot.Picture, error) { return j.network.filters() }},
		{"mistakes.png", func() (plot.Picture, error) { return j.mistakes(v) }},
	} {
		picture, failed := p.make()
		if failed == nil && picture != nil {
			failed = j.write(p.name, func(path string) error { return plot.Save(path, picture) })
		}
		err = errors.Join(err, failed)
	}
	fmt.Fprintf(j.log, "wrote %s\n", strings.Join(j.wrote, ", "))
	return err
}

// curve returns the accuracy by epochs, or nil if there is none.
func (j *job) curve(epochs []optim.Epoch) plot.Picture {
	if len(epochs) == 0 {
		return nil
	}
	c := plot.Accuracies(fmt.Sprintf("%s, preset %s", j.what, j.name), epochs)
	c.Y.Name = "right of the test images, %"
	return c
}

// filters returns those of the first layer as images.
func (n *network) filters() (plot.Picture, error) {
	s := n.whitening.Weight.Shape()
	w, pixels := dense.Floats(n.whitening.Weight.Value()), s[1]*s[2]
	var rows [][]float64
	for k := range s[0] {
		row := make([]float64, pixels*s[3]) // planes, where the weights have channels last
		for i := range pixels {
			for c := range s[3] {
				row[c*pixels+i] = w[(k*pixels+i)*s[3]+c]
			}
		}
		rows = append(rows, row)
	}
	pictures, err := plot.Templates(rows, autodiff.Shape{s[3], s[1], s[2]}, nil)
	pictures.Title, pictures.Columns = "filters of the first layer, and their negatives", s[0]/2
	return pictures, err
}

// shown is the number of mistakes in a picture.
const shown = 20

// mistakes returns the images of which the network is surest that they are something
// else, or nil if it makes none.
func (j *job) mistakes(v *verdict) (plot.Picture, error) {
	var wrong []int
	for i, label := range v.labels {
		if v.predicted[i] != label {
			wrong = append(wrong, i)
		}
	}
	slices.SortStableFunc(wrong, func(a, b int) int { return cmp.Compare(v.belief(a, v.labels[a]), v.belief(b, v.labels[b])) })
	wrong = wrong[:min(shown, len(wrong))]
	if len(wrong) == 0 {
		return nil, nil
	}
	b, err := j.test.Batch(wrong...)
	if err != nil {
		return nil, err
	}
	p := plot.Images{Title: "what it is taken for, how surely, and what it is", Columns: 5, Width: 21, Height: 18}
	names, pixels := j.test.Classes(), dense.Floats(b.X)
	for k, i := range wrong {
		size := len(pixels) / len(wrong)
		p.Images = append(p.Images, drawn(pixels[k*size:(k+1)*size], j.test.Shape()))
		p.Titles = append(p.Titles, fmt.Sprintf("%s %.0f %%, %s", names[v.predicted[i]], 100*v.belief(i, v.predicted[i]), names[v.labels[i]]))
	}
	return p, nil
}

// belief returns the probability that the scores of image i give to a class.
func (v *verdict) belief(i, class int) float64 {
	sum, row := 0.0, v.of(i)
	for _, s := range row {
		sum += math.Exp(s - row[class])
	}
	return 1 / sum
}

// zoom is the side of a pixel in dots, so that pixels stay sharp.
const zoom = 4

// drawn returns an image of pixels 0 to 255 of shape (height, width, channels), grey or
// in colours.
func drawn(pixels []float64, s autodiff.Shape) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, zoom*s[1], zoom*s[0]))
	for y := range zoom * s[0] {
		for x := range zoom * s[1] {
			at := pixels[(y/zoom*s[1]+x/zoom)*s[2]:][:s[2]]
			last := s[2] - 1
			img.SetRGBA(x, y, color.RGBA{uint8(at[0]), uint8(at[min(1, last)]), uint8(at[min(2, last)]), 255})
		}
	}
	return img
}

package plot_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/nn"
	"declive/optim"
	"declive/plot"
)

// save writes a picture to a folder that is gone afterwards, and prints how large
// the picture is.
func save(name string, p plot.Picture) {
	dir, err := os.MkdirTemp("", "plot")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	if err := plot.Save(filepath.Join(dir, name), p); err != nil {
		fmt.Println(err)
		return
	}
	width, height := p.Size()
	fmt.Printf("%s, %g × %g cm\n", name, width, height)
}

// The loss of a training by epochs.
func ExampleLosses() {
	rng := rand.New(rand.NewPCG(1, 2))
	data, err := datasets.Moons(200, 0.1, rng)
	if err != nil {
		fmt.Println(err)
		return
	}
	model := nn.NewLinear("scores", 2, 2, nn.Zeros(), nil)
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(model.Forward(x), y) }
	trainer, err := optim.NewTrainer(loss, model.Params(), optim.SGD{LearningRate: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	epochs, err := trainer.Fit(context.Background(), data, optim.Plan{Epochs: 5, BatchSize: 20, Rand: rng})
	if err != nil {
		fmt.Println(err)
		return
	}
	save("loss.png", plot.Losses("moons", epochs))
	// Output: loss.png, 17 × 10 cm
}

// The part of the validation examples that is right, as Fit reports it.
func ExampleAccuracies() {
	epochs := []optim.Epoch{
		{Number: 1, Validation: optim.Evaluation{Examples: 100, Accuracy: 0.81}},
		{Number: 2, Validation: optim.Evaluation{Examples: 100, Accuracy: 0.93}},
	}
	fmt.Println(plot.Accuracies("digits", epochs).Series[0].Y)
	// Output: [81 93]
}

// Bars: thick lines from 0, at places that have names.
func ExampleTick() {
	bars := plot.Chart{
		X:      plot.Axis{Name: "right, %", Range: [2]float64{0, 100}},
		Y:      plot.Axis{Range: [2]float64{-0.5, 1.5}, Ticks: []plot.Tick{{At: 1, Name: "chance"}, {At: 0, Name: "trained"}}},
		Height: 4,
	}
	for i, right := range []float64{94, 10} {
		at := float64(i)
		bars.Series = append(bars.Series, plot.Series{X: []float64{0, right}, Y: []float64{at, at}, Style: plot.Style{Color: plot.Blue, Width: 18}})
		bars.Notes = append(bars.Notes, plot.Note{Text: fmt.Sprint(right), X: right, Y: at})
	}
	save("bars.svg", bars)
	// Output: bars.svg, 17 × 4 cm
}

// Two lines on logarithmic axes, one with dots.
func ExampleChart() {
	n := []float64{10, 100, 1000}
	save("time.svg", plot.Chart{
		Title: "Time for one gradient",
		X:     plot.Axis{Name: "weights", Log: true},
		Y:     plot.Axis{Name: "time, s", Log: true},
		Series: []plot.Series{
			{Name: "by differences", X: n, Y: []float64{2e-5, 1.3e-3, 0.11}, Mark: plot.LineAndDots},
			{Name: "by backpropagation", X: n, Y: []float64{4e-6, 2e-5, 1.9e-4}},
		},
	})
	// Output: time.svg, 17 × 10 cm
}

// The first of several charts has its lines in colours and dashes that differ; a
// line that belongs to one of them can share its colour.
func ExampleStyle_Dashed() {
	training := plot.Look(0)
	fmt.Println(training.Dashes, training.Dashed().Dashes, training.Dashed().Color == training.Color)
	// Output: [] [6 3] true
}

// What a classifier takes the examples of each class for.
func ExampleConfusion() {
	save("confusion.png", plot.Confusion{
		Title:   "Flowers",
		Counts:  [][]int{{48, 2, 0}, {1, 44, 5}, {0, 7, 43}},
		Classes: []string{"setosa", "versicolor", "virginica"},
	})
	// Output: confusion.png, 17 × 13 cm
}

// The weights of each class of a linear classifier of images, here of 2 by 3.
func ExampleTemplates() {
	model := nn.NewLinear("scores", 6, 2, nn.Normal(1), rand.New(rand.NewPCG(1, 2)))
	rows, err := plot.Rows(model.Weights()[0])
	if err != nil {
		fmt.Println(err)
		return
	}
	images, err := plot.Templates(rows, autodiff.Shape{1, 2, 3}, []string{"cat", "dog"})
	if err != nil {
		fmt.Println(err)
		return
	}
	images.Title = "red raises the score, blue lowers it"
	save("templates.png", images)
	// Output: templates.png, 5.8 × 4.4 cm
}

// Weights as an image, of one row of two places: one raises the score, one lowers
// it as much.
func ExampleTemplate() {
	img, err := plot.Template([]float64{0.3, -0.3}, autodiff.Shape{1, 1, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, _, b, _ := img.At(0, 0).RGBA()
	fmt.Println(img.Bounds().Size(), "red:", r > b)
	// Output: (16,8) red: true
}

// Any images beside each other, such as examples that were classified wrong.
func ExampleImages() {
	cat, dog := image.NewGray(image.Rect(0, 0, 28, 28)), image.NewGray(image.Rect(0, 0, 28, 28))
	save("wrong.png", plot.Images{Images: []image.Image{cat, dog}, Titles: []string{"cat, not dog", "dog, not cat"}})
	// Output: wrong.png, 5.8 × 3.6 cm
}

// Weights that are no images: a row for each class, a column for each feature.
func ExampleTable() {
	save("weights.png", plot.Table{
		Title:   "Weights",
		Values:  [][]float64{{0.5, -1.2, 0}, {-0.5, 1.2, 0}},
		Rows:    []string{"yes", "no"},
		Columns: []string{"age", "income", "height"},
	})
	// Output: weights.png, 17 × 6 cm
}

// The regions between which a model of two features decides.
func ExampleBoundary() {
	data, err := datasets.Moons(200, 0.1, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		fmt.Println(err)
		return
	}
	model := nn.NewMLP("mlp", []int{2, 8, 2}, nn.Tanh{}, nn.GlorotUniform(), rand.New(rand.NewPCG(3, 4)))
	save("boundary.png", plot.Boundary{Title: "Moons", X: "x", Y: "y", Data: data, Scores: model.Forward})
	// Output: boundary.png, 17 × 12 cm
}

// bowl is a function of two numbers.
func bowl() *plot.Surface {
	s, err := plot.Tabulate(func(x, y float64) (float64, error) { return x*x + 4*y*y, nil }, plot.Box{Left: -2, Right: 2, Bottom: -1, Top: 1}, 81)
	if err != nil {
		fmt.Println(err)
	}
	return s
}

// The values of x² + 4·y² at 3 by 3 points.
func ExampleTabulate() {
	s, err := plot.Tabulate(func(x, y float64) (float64, error) { return x*x + 4*y*y, nil }, plot.Box{Left: -2, Right: 2, Bottom: -1, Top: 1}, 3)
	if err != nil {
		fmt.Println(err)
		return
	}
	lowest, highest := s.Range()
	fmt.Println(lowest, highest, s.Levels(2))
	// Output: 0 8 [0.5 4.5]
}

// Level curves, the way of a descent over them, and arrows down the slope.
func ExampleMap() {
	save("map.svg", plot.Map{
		Title:   "Descent",
		X:       "x",
		Y:       "y",
		Surface: bowl(),
		Paths:   []plot.Series{{Name: "descent", X: []float64{-1.5, -0.6, -0.2}, Y: []float64{0.8, 0.1, 0}, Mark: plot.LineAndDots}},
		Arrows:  plot.Arrows{Name: "−gradient", X: []float64{-1, 1}, Y: []float64{0.5, 0.5}, DX: []float64{2, -2}, DY: []float64{-4, -4}},
	})
	// Output: map.svg, 17 × 15 cm
}

// The same surface in space.
func ExampleRelief() {
	save("relief.png", plot.Relief{X: "x", Y: "y", Z: "loss", Surface: bowl()})
	// Output: relief.png, 17 × 16 cm
}

// Two charts side by side.
func ExampleTiles() {
	falling, rising := plot.Chart{Title: "loss"}, plot.Chart{Title: "accuracy"}
	falling.Series = []plot.Series{{Y: []float64{3, 2, 1.5}}}
	rising.Series = []plot.Series{{Y: []float64{0.2, 0.6, 0.7}}}
	save("both.png", plot.Tiles{Pictures: []plot.Picture{falling, rising}})
	// Output: both.png, 17 × 8.5 cm
}

// A picture goes to any writer.
func ExampleSVG() {
	var page bytes.Buffer
	if err := plot.SVG(&page, plot.Chart{Title: "Losses"}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(bytes.Contains(page.Bytes(), []byte(">Losses</text>")))
	// Output: true
}

// A picture within a page of HTML: where the page is dark, so is the picture.
func ExampleInline() {
	var page strings.Builder
	fmt.Fprintln(&page, "<figure>")
	if err := plot.Inline(&page, plot.Chart{Series: []plot.Series{{Y: []float64{4, 2, 1}}}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprintln(&page, "</figure>")
	fmt.Println(strings.Contains(page.String(), "var(--blue,#0072B2)"))
	// Output: true
}

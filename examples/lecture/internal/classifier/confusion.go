package classifier

import (
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/nn"
)

// A confusion counts examples: of class i that were taken for class j at [i][j].
type confusion [][]int

// confuse classifies all examples of d.
func confuse(m *nn.Linear, d *datasets.Dataset) (confusion, error) {
	classes := len(d.Classes())
	c := make(confusion, classes)
	for i := range c {
		c[i] = make([]int, classes)
	}
	for b := range d.Consecutive(evaluated) {
		scores, err := scoresOf(m, b.X)
		if err != nil {
			return nil, err
		}
		for i, truth := range b.Y.Ints() {
			c[truth][highest(scores[i*classes:][:classes])]++
		}
	}
	return c, nil
}

// scoresOf returns the scores of a batch, a row for each example.
func scoresOf(m *nn.Linear, x *tensor.Dense) ([]float32, error) {
	g := autodiff.NewGraph(tensor.Float32)
	in := g.Input("x", x.Shape()...)
	out, err := autodiff.Interpret([]autodiff.Feed{in.Feed(x)}, m.Forward(in))
	if err != nil {
		return nil, err
	}
	return out[0].Float32s(), nil
}

func highest(scores []float32) int {
	best := 0
	for i, s := range scores {
		if s > scores[best] {
			best = i
		}
	}
	return best
}

// share returns the part of the examples of class i that were taken for class j.
func (c confusion) share(i, j int) float64 {
	n := 0
	for _, count := range c[i] {
		n += count
	}
	return float64(c[i][j]) / float64(max(n, 1))
}

// A mistake is a class that is taken for another.
type mistake struct {
	truth, taken int
	share        float64
}

// worst returns the most frequent mistake, and the classes that are recognised
// best and worst.
func (c confusion) worst() (m mistake, best, poorest int) {
	for i := range c {
		for j := range c {
			if share := c.share(i, j); i != j && share > m.share {
				m = mistake{i, j, share}
			}
		}
		if c.share(i, i) > c.share(best, best) {
			best = i
		}
		if c.share(i, i) < c.share(poorest, poorest) {
			poorest = i
		}
	}
	return m, best, poorest
}

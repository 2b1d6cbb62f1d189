package classify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
	"declive/nn"
	"declive/plot"
)

// twoPixels is a job on four images of 1 × 2 pixels, of which the first score is the
// left pixel and the second the right one.
func twoPixels(t *testing.T, labels ...int) *Job {
	t.Helper()
	d, err := datasets.New([]float32{1, 0, 0, 4, 0, 2, 3, 0}, 1, 1, 2)
	require.NoError(t, err)
	d, err = d.WithLabels(labels, "left", "right")
	require.NoError(t, err)
	m := nn.NewLinear("scores", 2, 2, nn.Zeros(), nil)
	copy(m.Weights()[0].Value().Float32s(), []float32{1, 0, 0, 1})
	return &Job{Model: m, Set: &Set{Train: d, Test: d, Classes: []string{"left", "right"}, Shape: autodiff.Shape{1, 1, 2}}}
}

// The second image is wrong by 4, the third by 2, the others are right.
func TestWorstMistakesComeFirst(t *testing.T) {
	j := twoPixels(t, 0, 0, 0, 0)
	a, err := j.answered()
	require.NoError(t, err)
	assert.Equal(t, []int{0, 1, 1, 0}, a.taken)
	p, err := j.mistakes(a)
	require.NoError(t, err)
	images := p.(plot.Images)
	assert.Contains(t, images.Title, "the worst 2 of 2 mistakes")
	assert.Equal(t, []string{"left → right", "left → right"}, images.Titles)
	assert.Equal(t, []float64{4, 2}, []float64{a.wrong[0].by, a.wrong[1].by})
	c, err := j.confusion(a)
	require.NoError(t, err)
	assert.Equal(t, [][]int{{2, 2}, {0, 0}}, c.(plot.Confusion).Counts)
}

func TestNoMistakes(t *testing.T) {
	j := twoPixels(t, 0, 1, 1, 0)
	a, err := j.answered()
	require.NoError(t, err)
	p, err := j.mistakes(a)
	require.NoError(t, err)
	assert.Nil(t, p)
}

// An image is drawn as it was before the transform, which made the left of two pixels darker.
func TestMistakesAreShownAsTheyWere(t *testing.T) {
	img, err := example([]float64{0, 4}, autodiff.Shape{1, 1, 2}, datasets.Transform{Shift: []float64{9, 2}, Scale: []float64{0.5, 2}}) // from 9 and 4
	require.NoError(t, err)
	r, g, b, _ := img.At(0, 0).RGBA()
	assert.Equal(t, []uint32{0xffff, 0xffff, 0xffff}, []uint32{r, g, b})
	r, g, b, _ = img.At(8, 0).RGBA()
	assert.Equal(t, []uint32{0, 0, 0}, []uint32{r, g, b})
}

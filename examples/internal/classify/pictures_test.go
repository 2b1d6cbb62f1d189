package classify

import (
	"image"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
	"declive/optim"
	"declive/plot"
)

func TestCurvesNameTheTestPart(t *testing.T) {
	j := Job{Settings: Settings{Data: "mnist", Loss: "svm"}}
	c := j.curves([]optim.Epoch{{Number: 1, Loss: 3, Validation: optim.Evaluation{Examples: 5, Loss: 4}}}).(plot.Chart)
	assert.Equal(t, "mnist, svm loss", c.Title)
	require.Len(t, c.Series, 2)
	assert.Equal(t, []string{"training", "test"}, []string{c.Series[0].Name, c.Series[1].Name})
	assert.Equal(t, []float64{4}, c.Series[1].Y)
}

// An interrupt may come before the first epoch has ended.
func TestCurvesOfNoEpoch(t *testing.T) {
	j := Job{}
	assert.Len(t, j.curves(nil).(plot.Chart).Series, 1)
}

// layer is a model of one matrix, a row for each output.
type layer struct {
	nn.Layer
	w *autodiff.Param
}

func (l layer) Weights() []*autodiff.Param { return []*autodiff.Param{l.w} }

// pictured returns the picture of weights that are all 0 but for the first.
func pictured(t *testing.T, rows int, classes []string, shape ...int) plot.Picture {
	t.Helper()
	values := make([]float32, rows*autodiff.Shape(shape).Size())
	values[0] = 1
	w := autodiff.NewParam("W", tensor.New(tensor.WithShape(rows, len(values)/rows), tensor.WithBacking(values)))
	j := Job{Model: layer{w: w}, Set: &Set{Classes: classes, Shape: shape}}
	p, err := j.weights()
	require.NoError(t, err)
	return p
}

func TestWeightsOfImages(t *testing.T) {
	s := pictured(t, 3, []string{"a", "b", "c"}, 1, 2, 4).(plot.Images)
	assert.Equal(t, []string{"a", "b", "c"}, s.Titles)
	require.Len(t, s.Images, 3)
	assert.Equal(t, image.Pt(4*8, 2*8), s.Images[0].Bounds().Size())
	assert.Contains(t, s.Title, "red raises the score")
	assert.NotContains(t, pictured(t, 3, []string{"a", "b", "c"}, 3, 2, 4).(plot.Images).Title, "red")
}

// Of many hidden units the first 50 are drawn, without the names of classes.
func TestWeightsOfHiddenUnits(t *testing.T) {
	s := pictured(t, 51, []string{"a", "b"}, 3, 1, 2).(plot.Images)
	assert.Len(t, s.Images, 50)
	assert.Empty(t, s.Titles)
}

// Examples that are no images have one table.
func TestWeightsOfATable(t *testing.T) {
	p := pictured(t, 2, []string{"a", "b"}, 3).(plot.Table)
	assert.Equal(t, [][]float64{{1, 0, 0}, {0, 0, 0}}, p.Values)
	assert.Equal(t, []string{"a", "b"}, p.Rows)
	assert.Equal(t, []string{"0", "1", "2"}, p.Columns)
	assert.Nil(t, pictured(t, 1, []string{"a", "b"}, 21).(plot.Table).Columns)
}

package plot

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/optim"
)

// Three pictures in two columns: two in the first row, one in the second.
func TestTiles(t *testing.T) {
	img := drawn(t, Tiles{Pictures: []Picture{sheet{fill: Blue}, sheet{fill: Green}, sheet{fill: Purple}}, Columns: 2, Width: 6, Height: 6})
	assert.Equal(t, Blue, at(img, 0.25, 0.25))
	assert.Equal(t, Green, at(img, 0.75, 0.25))
	assert.Equal(t, Purple, at(img, 0.25, 0.75))
	assert.Equal(t, white, at(img, 0.75, 0.75))
	row := drawn(t, Tiles{Pictures: []Picture{sheet{fill: Blue}, sheet{fill: Green}}})
	assert.Equal(t, Blue, at(row, 0.25, 0.75))
	assert.Equal(t, Green, at(row, 0.75, 0.25))
}

func TestTilesRefuse(t *testing.T) {
	assert.EqualError(t, Tiles{}.Draw(canvas(9, 9)), "plot: tiles: 0 pictures in 0 columns, want at least one of each")
	assert.EqualError(t, Tiles{Pictures: []Picture{sheet{fill: Blue}}, Columns: -1}.Draw(canvas(9, 9)), "plot: tiles: 1 pictures in -1 columns, want at least one of each")
	assert.EqualError(t, Tiles{Pictures: []Picture{sheet{fill: Blue}, nil}}.Draw(canvas(99, 99)), "plot: tiles: picture 1 is nil")
	assert.EqualError(t, Tiles{Pictures: []Picture{sheet{fill: Blue, err: errors.New("no ink")}}}.Draw(canvas(99, 99)), "no ink")
}

func TestLosses(t *testing.T) {
	epochs := []optim.Epoch{
		{Number: 4, Loss: 3, Validation: optim.Evaluation{Examples: 7, Loss: 5, Accuracy: 0.25}},
		{Number: 5, Loss: 2, Validation: optim.Evaluation{Examples: 7, Loss: 6, Accuracy: 0.5}},
	}
	c := Losses("T", epochs)
	assert.Equal(t, "T", c.Title)
	assert.Equal(t, []Series{
		{Name: "training", X: []float64{4, 5}, Y: []float64{3, 2}, Mark: LineAndDots},
		{Name: "validation", X: []float64{4, 5}, Y: []float64{5, 6}, Mark: LineAndDots},
	}, c.Series)
	assert.Equal(t, []float64{25, 50}, Accuracies("T", epochs).Series[0].Y)

	epochs[0].Validation = optim.Evaluation{}
	assert.Len(t, Losses("T", epochs).Series, 1, "a plan without a validation part")
	assert.Equal(t, Line, Losses("T", make([]optim.Epoch, 41)).Series[0].Mark, "dots would crowd")
	assert.NoError(t, Losses("T", nil).Draw(canvas(99, 99)))
	assert.NoError(t, Accuracies("T", nil).Draw(canvas(99, 99)))
}

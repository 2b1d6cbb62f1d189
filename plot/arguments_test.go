package plot_test

import (
	"bytes"
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/plot"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	paper := draw.New(vgimg.New(200, 200))
	s, err := plot.Tabulate(func(x, y float64) (float64, error) { return x + y, nil }, plot.Box{Left: 0, Right: 1, Bottom: 0, Top: 1}, 2)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "a.png")
	tabulated := func(b plot.Box, n int) func() error {
		return func() error {
			_, err := plot.Tabulate(func(_, _ float64) (float64, error) { return math.NaN(), nil }, b, n)
			return err
		}
	}
	template := func(w []float64, shape ...int) func() error {
		return func() error { _, err := plot.Template(w, shape); return err }
	}
	calls := []exported.Call{
		{Of: "Save", With: "nil picture", Do: func() error { return plot.Save(path, nil) }},
		{Of: "Save", With: "no extension", Do: func() error { return plot.Save("", plot.Chart{}) }},
		{Of: "PNG", With: "nil writer", Do: func() error { return plot.PNG(nil, plot.Chart{}) }},
		{Of: "PNG", With: "nil picture", Do: func() error { return plot.PNG(&bytes.Buffer{}, nil) }},
		{Of: "PNG", With: "a negative size", Do: func() error { return plot.PNG(&bytes.Buffer{}, plot.Chart{Width: -1}) }},
		{Of: "PNG", With: "a size that is no number", Do: func() error { return plot.PNG(&bytes.Buffer{}, plot.Chart{Width: math.NaN()}) }},
		{Of: "SVG", With: "nil writer", Do: func() error { return plot.SVG(nil, plot.Chart{}) }},
		{Of: "SVG", With: "an infinite size", Do: func() error { return plot.SVG(&bytes.Buffer{}, plot.Chart{Height: math.Inf(1)}) }},
		{Of: "Inline", With: "nil writer", Do: func() error { return plot.Inline(nil, plot.Chart{}) }},
		{Of: "Inline", With: "nil picture", Do: func() error { return plot.Inline(&bytes.Buffer{}, nil) }},
		{Of: "Look", With: "a negative place", Do: exported.Panics(func() { plot.Look(math.MinInt) }), Accepted: true},
		{Of: "Losses", With: "no epochs", Do: func() error { return plot.Losses("", nil).Draw(paper) }, Accepted: true},
		{Of: "Accuracies", With: "no epochs", Do: func() error { return plot.Accuracies("", nil).Draw(paper) }, Accepted: true},
		{Of: "Template", With: "no weights", Do: template(nil, 1, 2, 3)},
		{Of: "Template", With: "no shape", Do: template([]float64{1})},
		{Of: "Template", With: "a negative shape", Do: template([]float64{1}, 1, -1, -1)},
		{Of: "Templates", With: "no rows", Do: func() error { _, err := plot.Templates(nil, nil, nil); return err }, Accepted: true}, // Draw refuses
		{Of: "Templates", With: "no weights", Do: func() error { _, err := plot.Templates([][]float64{nil}, autodiff.Shape{1, 1, 1}, nil); return err }},
		{Of: "Rows", With: "nil parameter", Do: func() error { _, err := plot.Rows(nil); return err }},
		{Of: "Rows", With: "empty parameter", Do: func() error { _, err := plot.Rows(&autodiff.Param{}); return err }},
		{Of: "Rows", With: "a vector", Do: func() error {
			_, err := plot.Rows(autodiff.NewParam("b", tensor.New(tensor.WithShape(3), tensor.Of(tensor.Float64))))
			return err
		}},
		{Of: "Tabulate", With: "nil function", Do: func() error { _, err := plot.Tabulate(nil, plot.Box{Right: 1, Top: 1}, 2); return err }},
		{Of: "Tabulate", With: "an empty box", Do: tabulated(plot.Box{}, 2)},
		{Of: "Tabulate", With: "one point", Do: tabulated(plot.Box{Right: 1, Top: 1}, 1)},
		{Of: "Tabulate", With: "very many points", Do: tabulated(plot.Box{Right: 1, Top: 1}, math.MaxInt)},
		{Of: "Tabulate", With: "NaN", Do: tabulated(plot.Box{Right: 1, Top: 1}, 2)},
		{Of: "Surface.Levels", With: "a negative number", Do: exported.Panics(func() { s.Levels(-1) }), Accepted: true},
		{Of: "Surface.Levels", With: "nil surface", Do: exported.Panics(func() { (*plot.Surface)(nil).Levels(3) }), Accepted: true},
		{Of: "Surface.Range", With: "nil surface", Do: exported.Panics(func() { (*plot.Surface)(nil).Range() }), Accepted: true},
		{Of: "Surface.Box", With: "nil surface", Do: exported.Panics(func() { (*plot.Surface)(nil).Box() }), Accepted: true},
		{Of: "Chart.Draw", With: "nothing", Do: func() error { return plot.Chart{}.Draw(paper) }, Accepted: true},
		{Of: "Chart.Draw", With: "lengths that differ", Do: func() error {
			return plot.Chart{Series: []plot.Series{{X: []float64{1, 2}, Y: []float64{1}}}}.Draw(paper)
		}},
		{Of: "Confusion.Draw", With: "nothing", Do: func() error { return plot.Confusion{}.Draw(paper) }},
		{Of: "Table.Draw", With: "nothing", Do: func() error { return plot.Table{}.Draw(paper) }},
		{Of: "Images.Draw", With: "nothing", Do: func() error { return plot.Images{}.Draw(paper) }},
		{Of: "Tiles.Draw", With: "nothing", Do: func() error { return plot.Tiles{}.Draw(paper) }},
		{Of: "Boundary.Draw", With: "nothing", Do: func() error { return plot.Boundary{}.Draw(paper) }},
		{Of: "Map.Draw", With: "nothing", Do: func() error { return plot.Map{}.Draw(paper) }},
		{Of: "Relief.Draw", With: "nothing", Do: func() error { return plot.Relief{}.Draw(paper) }},
	}
	for of, do := range map[string]func(draw.Canvas) error{
		"Chart.Draw": plot.Chart{}.Draw, "Confusion.Draw": plot.Confusion{}.Draw, "Table.Draw": plot.Table{}.Draw,
		"Images.Draw": plot.Images{}.Draw, "Tiles.Draw": plot.Tiles{}.Draw, "Boundary.Draw": plot.Boundary{}.Draw,
		"Map.Draw": plot.Map{Surface: s}.Draw, "Relief.Draw": plot.Relief{Surface: s}.Draw,
	} {
		calls = append(calls, exported.Call{Of: of, With: "a zero canvas", Do: func() error { return do(draw.Canvas{}) }})
	}
	exported.Check(t, ".", calls)
}

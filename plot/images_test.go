package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
)

// Weights that are all positive, all negative and all 0 fill their images with
// red, blue and grey, side by side.
func TestTemplates(t *testing.T) {
	s, err := Templates([][]float64{{1, 1}, {-1, -1}, {0, 0}}, autodiff.Shape{1, 1, 2}, []string{"a", "b", "c"})
	require.NoError(t, err)
	img := drawn(t, s)
	for i, want := range []string{"red", "blue", "grey"} {
		c := at(img, (2*float64(i)+1)/6, 0.6)
		assert.Equal(t, want, hue(c), "template %d: %v", i, c)
		assert.NotEqual(t, white, c)
	}
	assert.Contains(t, svgOf(t, s), ">b<")
	_, err = Templates([][]float64{{1, 1}, {1}}, autodiff.Shape{1, 1, 2}, nil)
	assert.EqualError(t, err, "plot: Template: 1 weights, want those of the shape (1, 1, 2), in row 1")
}

// Each weight is a square of 8 by 8 dots.
func assertSquares(t *testing.T, img image.Image, rows ...[]color.Color) {
	t.Helper()
	require.Equal(t, image.Rect(0, 0, 8*len(rows[0]), 8*len(rows)), img.Bounds())
	for y := range 8 * len(rows) {
		for x := range 8 * len(rows[0]) {
			assert.Equal(t, rows[y/8][x/8], img.At(x, y), "(%d, %d)", x, y)
		}
	}
}

func template(t *testing.T, w []float64, shape ...int) image.Image {
	t.Helper()
	img, err := Template(w, shape)
	require.NoError(t, err)
	return img
}

// Colours are stretched from the smallest weight, −2, to the largest, 3, over
// the red, the green and the blue plane together.
func TestTemplateInColour(t *testing.T) {
	w := []float64{-2, 3, 0.5, -1, 3, -2} // two rows of one pixel
	assertSquares(t, template(t, w, 3, 2, 1),
		[]color.Color{color.RGBA{0, 128, 255, 255}},
		[]color.Color{color.RGBA{255, 51, 0, 255}})
}

// Weights of one plane are grey at 0 and as red above as blue below.
func TestTemplateInGrey(t *testing.T) {
	img := template(t, []float64{-2, 0, 2, 1, -1, 0}, 1, 2, 3)
	at := func(row, column int) color.Color { return img.At(8*column, 8*row) }
	assertSquares(t, img, []color.Color{at(0, 0), at(0, 1), at(0, 2)}, []color.Color{at(1, 0), at(1, 1), at(1, 2)})
	assert.Equal(t, []string{"blue", "grey", "red"}, []string{hue(at(0, 0)), hue(at(0, 1)), hue(at(0, 2))})
	assert.Equal(t, []string{"red", "blue", "grey"}, []string{hue(at(1, 0)), hue(at(1, 1)), hue(at(1, 2))})
	assert.NotEqual(t, at(0, 2), at(1, 0)) // 2 is not 1
}

// A weight that is not finite is white and leaves the other colours as they are.
func TestTemplateOfBrokenWeights(t *testing.T) {
	whole, broken := template(t, []float64{-1, 0, 1}, 1, 1, 3), template(t, []float64{-1, inf, 1, nan}, 1, 1, 4)
	assert.Equal(t, white, broken.At(8, 0))
	assert.Equal(t, white, broken.At(24, 0))
	assert.Equal(t, whole.At(0, 0), broken.At(0, 0))
	assert.Equal(t, whole.At(16, 0), broken.At(16, 0))
	assertSquares(t, template(t, []float64{nan, 5, 5}, 3, 1, 1), []color.Color{color.RGBA{255, 0, 0, 255}})
}

func TestTemplateRefuses(t *testing.T) {
	for want, shape := range map[string]autodiff.Shape{
		"the shape is (2, 3), want (1, height, width) or (3, height, width)":        {2, 3},
		"the shape is (2, 1, 3), want (1, height, width) or (3, height, width)":     {2, 1, 3},
		"the shape is (1, 0, 3), want (1, height, width) or (3, height, width)":     {1, 0, 3},
		"6 weights, want those of the shape (1, 4, 2)":                              {1, 4, 2},
		fmt.Sprintf("6 weights, want those of the shape (3, %d, 8)", math.MaxInt/2): {3, math.MaxInt / 2, 8},
	} {
		_, err := Template(make([]float64, 6), shape)
		assert.EqualError(t, err, "plot: Template: "+want)
	}
}

func TestRows(t *testing.T) {
	double := autodiff.NewParam("w", tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6})))
	single := autodiff.NewParam("w", tensor.New(tensor.WithShape(2, 3), tensor.WithBacking([]float32{1, 2, 3, 4, 5, 6})))
	for _, p := range []*autodiff.Param{double, single} {
		rows, err := Rows(p)
		require.NoError(t, err)
		assert.Equal(t, [][]float64{{1, 2, 3}, {4, 5, 6}}, rows)
		rows[0][0] = 9
		again, err := Rows(p)
		require.NoError(t, err)
		assert.Equal(t, 1.0, again[0][0], "they are copies")
	}
	_, err := Rows(autodiff.NewParam("b", tensor.New(tensor.WithShape(3), tensor.Of(tensor.Float32))))
	assert.EqualError(t, err, "plot: Rows: the parameter b has the shape (3), want a matrix")
}

// Images stand in rows of five, or of ten if there are many.
func TestImagesInRows(t *testing.T) {
	of := func(n int) Images { return Images{Images: make([]image.Image, n)} }
	for n, want := range map[int][2]float64{
		1:  {0.6 + 2.6, 0.6 + 2.6},
		7:  {0.6 + 5*2.6, 0.6 + 2*2.6},
		23: {0.6 + 10*2.6, 0.6 + 3*2.6},
	} {
		w, h := of(n).Size()
		assert.InDeltaSlice(t, want[:], []float64{w, h}, 1e-12, "%d images", n)
	}
	s := of(7)
	s.Columns, s.Title, s.Titles = 2, "T", make([]string, 7)
	w, h := s.Size()
	assert.InDeltaSlice(t, []float64{0.6 + 2*2.6, 0.6 + 4*(2.6+0.4) + 0.8}, []float64{w, h}, 1e-12)
}

// An image keeps its proportions, here 3 to 1, in a place of others.
func TestImagesAreUndistorted(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 60, 20))
	for i := range img.Pix {
		img.Pix[i] = []uint8{Blue.R, Blue.G, Blue.B, 255}[i%4]
	}
	r := hull(places(drawn(t, Images{Images: []image.Image{img}, Width: 6, Height: 9}), Blue))
	assert.InDelta(t, 3, float64(r.Dx())/float64(r.Dy()), 0.03)
}

func TestImagesRefuse(t *testing.T) {
	one := image.NewRGBA(image.Rect(0, 0, 1, 2))
	for want, s := range map[string]Images{
		"there are none":                {},
		"-1 columns":                    {Images: []image.Image{one}, Columns: -1},
		"2 titles for 1 images":         {Images: []image.Image{one}, Titles: []string{"a", "b"}},
		"image 1 is nil or has no dots": {Images: []image.Image{one, nil}},
		"image 0 is nil or has no dots": {Images: []image.Image{image.NewRGBA(image.Rectangle{})}},
	} {
		s.Title = "T"
		assert.EqualError(t, s.Draw(canvas(100, 100)), fmt.Sprintf("plot: images %q: %s", "T", want))
	}
}

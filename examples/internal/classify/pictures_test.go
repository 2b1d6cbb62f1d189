package classify

import (
	"errors"
	"image"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
)

// pixels96 returns the pixels of a length at 96 in an inch of 2.54 cm.
func pixels96(centimeters float64) float64 { return centimeters / 2.54 * 96 }

// assertSize proves the size of a picture, which is rounded to whole pixels.
func assertSize(t *testing.T, img image.Image, width, height float64) {
	t.Helper()
	assert.InDelta(t, pixels96(width), img.Bounds().Dx(), 1)
	assert.InDelta(t, pixels96(height), img.Bounds().Dy(), 1)
}

// places returns where a picture has a colour.
func places(img image.Image, c color.Color) (at []image.Point) {
	want := color.RGBAModel.Convert(c)
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if color.RGBAModel.Convert(img.At(x, y)) == want {
				at = append(at, image.Pt(x, y))
			}
		}
	}
	return at
}

func lossPicture(t *testing.T, losses ...float64) image.Image {
	t.Helper()
	epochs := make([]optim.Epoch, len(losses))
	for i, loss := range losses {
		epochs[i] = optim.Epoch{Number: i + 1, Loss: loss, Validation: optim.Evaluation{Loss: 0.5}}
	}
	path := filepath.Join(t.TempDir(), "loss.png")
	require.NoError(t, drawLoss(path, epochs, "title"))
	return picture(t, path)
}

// Blue is the loss on the training part: its highest point is on the left where
// it falls and on the right where it rises. Orange is that on the test part.
func TestDrawLoss(t *testing.T) {
	falling, rising := lossPicture(t, 3, 2, 1), lossPicture(t, 1, 2, 3)
	for _, img := range []image.Image{falling, rising} {
		assertSize(t, img, 16, 10)
		assert.NotEmpty(t, places(img, orange))
	}
	middle := falling.Bounds().Dx() / 2
	assert.Less(t, places(falling, blue)[0].X, middle)
	assert.Greater(t, places(rising, blue)[0].X, middle)
}

func TestDrawLossOfNoEpoch(t *testing.T) {
	img := lossPicture(t)
	assertSize(t, img, 16, 10)
	assert.Empty(t, places(img, blue))
}

// full is a picture that a full disk cuts off.
type full struct{}

func (full) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, "half a picture")
	return int64(n), errors.Join(err, io.ErrShortWrite)
}

func TestSaveLeavesNothingHalfWritten(t *testing.T) {
	path := writeFile(t, "loss.png", "the picture before")
	assert.ErrorIs(t, save(path, full{}), io.ErrShortWrite)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "the picture before", string(content))
}

func templatePicture(t *testing.T, p *autodiff.Param, set *Set) image.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), "templates.png")
	require.NoError(t, drawTemplates(path, p, set))
	return picture(t, path)
}

// hue says which of red and blue is stronger in a colour.
func hue(c color.Color) string {
	r, _, b, _ := c.RGBA()
	switch {
	case r > b:
		return "red"
	case b > r:
		return "blue"
	}
	return "grey"
}

// Weights that are all positive, all negative and all 0 fill their images with
// red, blue and grey, side by side.
func TestDrawTemplates(t *testing.T) {
	p := param(3, 2, 1, 1, -1, -1, 0, 0)
	img := templatePicture(t, p, &Set{Classes: []string{"a", "b", "c"}, Shape: autodiff.Shape{1, 1, 2}})
	assertSize(t, img, 3*2.6, 2.6*1.15+24/72.0*2.54)
	for i, want := range []string{"red", "blue", "grey"} {
		w, h := img.Bounds().Dx(), img.Bounds().Dy()
		at := img.At((2*i+1)*w/6, h*2/3)
		assert.Equal(t, want, hue(at), "template %d: %v", i, at)
		assert.NotEqual(t, color.RGBAModel.Convert(color.White), color.RGBAModel.Convert(at))
	}
}

// Of many hidden units the first 50 are drawn, in rows of ten.
func TestDrawTemplatesOfHiddenUnits(t *testing.T) {
	p := param(51, 3, make([]float32, 51*3)...)
	img := templatePicture(t, p, &Set{Classes: []string{"a", "b"}, Shape: autodiff.Shape{3, 1, 1}})
	assertSize(t, img, 10*2.6, 5*2.6*1.15+24/72.0*2.54)
}

// Examples that are no images have one table, whose rows go upwards.
func TestDrawTable(t *testing.T) {
	p := param(2, 3, 1, 1, 1, -1, -1, -1)
	img := templatePicture(t, p, &Set{Classes: []string{"a", "b"}, Shape: autodiff.Shape{3}})
	assertSize(t, img, 16, 6)
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	assert.Equal(t, "blue", hue(img.At(w/2, h/4)))
	assert.Equal(t, "red", hue(img.At(w/2, h*2/3)))
}

// Each weight is a square of 8 by 8 pixels.
func assertSquares(t *testing.T, img image.Image, rows ...[]color.Color) {
	t.Helper()
	require.Equal(t, image.Rect(0, 0, 8*len(rows[0]), 8*len(rows)), img.Bounds())
	for y := range 8 * len(rows) {
		for x := range 8 * len(rows[0]) {
			assert.Equal(t, rows[y/8][x/8], img.At(x, y), "(%d, %d)", x, y)
		}
	}
}

// Colours are stretched from the smallest weight, −2, to the largest, 3, over
// the red, the green and the blue plane together.
func TestTemplateInColour(t *testing.T) {
	w := []float32{-2, 3, 0.5, -1, 3, -2} // two rows of one pixel
	assertSquares(t, Template(w, autodiff.Shape{3, 2, 1}),
		[]color.Color{color.RGBA{0, 128, 255, 255}},
		[]color.Color{color.RGBA{255, 51, 0, 255}})
}

// Weights of one plane are grey at 0 and as red above as blue below.
func TestTemplateInGrey(t *testing.T) {
	img := Template([]float32{-2, 0, 2, 1, -1, 0}, autodiff.Shape{1, 2, 3})
	at := func(row, column int) color.Color { return img.At(8*column, 8*row) }
	assertSquares(t, img, []color.Color{at(0, 0), at(0, 1), at(0, 2)}, []color.Color{at(1, 0), at(1, 1), at(1, 2)})
	assert.Equal(t, []string{"blue", "grey", "red"}, []string{hue(at(0, 0)), hue(at(0, 1)), hue(at(0, 2))})
	assert.Equal(t, []string{"red", "blue", "grey"}, []string{hue(at(1, 0)), hue(at(1, 1)), hue(at(1, 2))})
	assert.NotEqual(t, at(0, 2), at(1, 0)) // 2 is not 1
}

package classify

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets/images"
)

// writePictures leaves n pictures of each class, whose names are colours, in a folder
// of dir.
func writePictures(t *testing.T, dir string, n int, classes ...string) {
	t.Helper()
	colours := map[string]color.RGBA{"red": {200, 20, 30, 255}, "green": {10, 180, 60, 255}, "blue": {40, 20, 220, 255}}
	for _, class := range classes {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, class), 0o777))
		for i := range n {
			m := image.NewRGBA(image.Rect(0, 0, 6+i%3, 5+i%4))
			for k := range m.Pix {
				c := colours[class]
				m.Pix[k] = []uint8{c.R, c.G, c.B, 255}[k%4]
				if k%4 < 3 {
					m.Pix[k] += uint8((7*k + 11*i) % 30)
				}
			}
			f, err := os.Create(filepath.Join(dir, class, fmt.Sprintf("%d.png", i)))
			require.NoError(t, err)
			require.NoError(t, png.Encode(f, m))
			require.NoError(t, f.Close())
		}
	}
}

// Pictures of three colours are told apart, and drawn as templates.
func TestImages(t *testing.T) {
	dir := t.TempDir()
	writePictures(t, dir, 15, "red", "green", "blue")
	j, stdout, _ := newJob(t, "-data", "images", "-dir", dir, "-size", "4x3", "-rate", "0.01", "-epochs", "30", "-batch", "5", "-json")
	assert.Equal(t, autodiff.Shape{3, 4, 3}, j.Shape)
	assert.Equal(t, []string{"blue", "green", "red"}, j.Classes)
	assert.Equal(t, []int{36, 9}, []int{j.Train.Len(), j.Test.Len()})
	require.NoError(t, j.Run(context.Background()))
	assert.Equal(t, 1.0, summary(t, stdout).TestAccuracy)
	picture(t, filepath.Join(j.Out, "templates.png"))
}

// Streamed, they go through what pictures in memory go through.
func TestImagesStreamed(t *testing.T) {
	dir := t.TempDir()
	writePictures(t, dir, 15, "red", "blue")
	args := []string{"-data", "images", "-dir", dir, "-size", "4x3", "-rate", "0.01", "-epochs", "30", "-batch", "5", "-json"}
	full := loaded(t, args...)
	for _, loss := range []string{"softmax", "logistic"} {
		j, stdout, _ := newJob(t, append(args, "-stream", "-loss", loss)...)
		require.IsType(t, (*images.Stream)(nil), j.Train)
		assert.Equal(t, full.Transform, j.Transform)
		assert.Equal(t, full.Shape, j.Shape)
		assert.Equal(t, []int{24, 6}, []int{j.Train.Len(), j.Test.Len()})
		for b := range j.Test.Consecutive(0) {
			assert.Equal(t, features(t, full.Test), b.X.Float32s())
		}
		require.NoError(t, j.Run(context.Background()))
		assert.Equal(t, 1.0, summary(t, stdout).TestAccuracy)
	}
}

func TestImagesToTestWith(t *testing.T) {
	dir := t.TempDir()
	writePictures(t, filepath.Join(dir, "train"), 4, "red", "blue")
	set := loaded(t, "-data", "images", "-dir", dir)
	assert.Equal(t, autodiff.Shape{3, 32, 32}, set.Shape)
	assert.Equal(t, []int{6, 2}, []int{set.Train.Len(), set.Test.Len()})
	assert.Equal(t, []string{"no folder test or val in -dir " + dir + ": the folder train is split, 4 to 1"}, set.Notes)
	writePictures(t, filepath.Join(dir, "val"), 3, "red", "blue")
	set = loaded(t, "-data", "images", "-dir", dir)
	assert.Equal(t, []int{0, 0, 0, 0, 1, 1, 1, 1}, table(set.Train).Labels())
	assert.Equal(t, []int{0, 0, 0, 1, 1, 1}, table(set.Test).Labels())
	assert.Empty(t, set.Notes)
}

func TestImagesRefused(t *testing.T) {
	one, few, other, broken := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
	writePictures(t, one, 5, "red")
	writePictures(t, few, 1, "red", "blue")
	writePictures(t, filepath.Join(other, "train"), 5, "red", "blue")
	writePictures(t, filepath.Join(other, "test"), 5, "red", "green")
	writePictures(t, broken, 5, "red", "blue")
	require.NoError(t, os.Truncate(filepath.Join(broken, "red", "3.png"), 20))
	for dir, want := range map[string]string{
		t.TempDir(): "images: Find: there are no folders; put the pictures of each class into a folder with its name",
		one:         "there is one class, red: nothing to tell apart",
		few:         "there are 2 pictures, want at least 3, to train on and to test with",
		other:       "the folder train has the classes blue, red, but test has green, red; they must be the same",
		broken:      "images: red/3.png: unexpected EOF",
	} {
		s := parsed(t, "-data", "images", "-dir", dir)
		_, err := Load(&s, seeded(1))
		assert.EqualError(t, err, "in -dir "+dir+": "+want)
	}
}

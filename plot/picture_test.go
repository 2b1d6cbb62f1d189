package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg/draw"
)

// sheet is a picture of one colour, or of an error.
type sheet struct {
	width, height float64
	fill          color.Color
	err           error
}

func (s sheet) Size() (width, height float64) { return s.width, s.height }

func (s sheet) Draw(c draw.Canvas) error {
	c.FillPolygon(s.fill, corners(c.Rectangle))
	return s.err
}

// 192 dots an inch of 2.54 cm, and a white margin of 8/72 inch, 21 dots.
func TestPNG(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, PNG(&b, sheet{width: 5, height: 2, fill: Blue}))
	img, err := png.Decode(&b)
	require.NoError(t, err)
	assert.InDelta(t, 5/2.54*192, img.Bounds().Dx(), 1)
	assert.InDelta(t, 2/2.54*192, img.Bounds().Dy(), 1)
	inner := hull(places(img, Blue))
	assert.InDelta(t, 21, inner.Min.X, 1)
	assert.InDelta(t, 21, inner.Min.Y, 1)
	assert.InDelta(t, 21, img.Bounds().Dx()-inner.Max.X, 1)
	assert.InDelta(t, 21, img.Bounds().Dy()-inner.Max.Y, 1)
	assert.Equal(t, rgba(color.White), at(img, 0.01, 0.5))
}

// small is a picture that takes little time.
type small struct{ Picture }

func (small) Size() (width, height float64) { return 6, 5 }

// One picture of each kind.
func gallery(t *testing.T) []Picture {
	t.Helper()
	s := bowl(t, Box{-1, 2, -3, 1}, 9)
	images, err := Templates([][]float64{{1, 2, 3, 4, 5, 6}, {0, 0, 1, 1, 0, 0}}, []int{1, 2, 3}, []string{"a", "b"})
	require.NoError(t, err)
	c := Chart{Title: "chart", X: Axis{Name: "x"}, Y: Axis{Name: "y"}, Series: []Series{{Name: "a", Y: []float64{1, 3, 2}}, {Name: "b", Y: []float64{2, 1}, Mark: LineAndDots}}}
	return []Picture{
		c,
		Confusion{Title: "confusion", Counts: [][]int{{3, 1}, {0, 2}}},
		images,
		Table{Title: "table", Values: [][]float64{{1, -2, 0}, {0.5, 0, 3}}},
		Map{Title: "map", Surface: s, Paths: []Series{{Name: "way", X: []float64{0, 1}, Y: []float64{0, -1}}}},
		Relief{X: "x", Y: "y", Z: "z", Surface: s, Paths: []Series{{X: []float64{0, 1}, Y: []float64{0, -1}}}},
		boundary(t, halves),
		Tiles{Pictures: []Picture{c, c}},
	}
}

// Equal pictures have equal bytes, and their SVG is XML whose every text names
// fonts that stand in for the first.
func TestEveryKind(t *testing.T) {
	for _, large := range gallery(t) {
		t.Run(kindOf(large), func(t *testing.T) {
			t.Parallel()
			p := small{large}
			for _, encode := range []func(io.Writer, Picture) error{PNG, SVG} {
				var first, second bytes.Buffer
				require.NoError(t, encode(&first, p))
				require.NoError(t, encode(&second, p))
				assert.True(t, bytes.Equal(first.Bytes(), second.Bytes()))
			}
			var svg bytes.Buffer
			require.NoError(t, SVG(&svg, p))
			assert.Contains(t, svg.String(), "<text")
			assert.Equal(t, bytes.Count(svg.Bytes(), []byte("<text")), bytes.Count(svg.Bytes(), []byte(families)))
			d := xml.NewDecoder(&svg)
			for {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if !assert.NoError(t, err) {
					break
				}
			}
		})
	}
}

// A picture that is drawn does not change, and any canvas will do.
func TestCanvases(t *testing.T) {
	for _, p := range gallery(t) {
		assert.NoError(t, p.Draw(canvas(300, 200)), kindOf(p))
		assert.NoError(t, p.Draw(canvas(20, 30)), kindOf(p))
		assert.EqualError(t, p.Draw(draw.Canvas{}), "plot: Draw: the canvas is nil", kindOf(p))
		assert.EqualError(t, p.Draw(draw.Crop(canvas(5, 3), 0, -5, 0, 0)), "plot: Draw: the canvas is 0 pt wide and 3 pt high, want more than 0", kindOf(p))
	}
}

func TestPicturesThatCannotBeEncoded(t *testing.T) {
	broken := errors.New("no ink")
	for want, p := range map[string]Picture{
		"plot: the picture is nil": nil,
		"plot: the picture is 0 cm wide and 5 cm high, want more than 0 and at most 100":   sheet{height: 5, fill: Blue},
		"plot: the picture is 101 cm wide and 5 cm high, want more than 0 and at most 100": sheet{width: 101, height: 5, fill: Blue},
		"no ink": sheet{width: 5, height: 5, fill: Blue, err: broken},
	} {
		for _, encode := range []func(io.Writer, Picture) error{PNG, SVG} {
			var b bytes.Buffer
			assert.EqualError(t, encode(&b, p), want)
			assert.Zero(t, b.Len())
		}
		path := filepath.Join(t.TempDir(), "a.png")
		assert.EqualError(t, Save(path, p), want)
		assert.NoFileExists(t, path)
	}
	assert.EqualError(t, PNG(nil, Chart{}), "plot: the writer is nil")
	assert.EqualError(t, Save("a.pdf", Chart{}), `plot: picture a.pdf: the extension is ".pdf", want .png or .svg`)
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestWriterThatFails(t *testing.T) {
	assert.ErrorIs(t, PNG(full{}, Chart{}), io.ErrShortWrite)
	assert.ErrorIs(t, SVG(full{}, Chart{}), io.ErrShortWrite)
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	for name, encode := range map[string]func(io.Writer, Picture) error{"a.png": PNG, "a.svg": SVG} {
		path := filepath.Join(dir, name)
		require.NoError(t, Save(path, Chart{Title: "T"}))
		var want bytes.Buffer
		require.NoError(t, encode(&want, Chart{Title: "T"}))
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want.Bytes(), got))
	}
	assert.ErrorContains(t, Save(filepath.Join(dir, "a.png", "b.png"), Chart{}), "plot: picture "+filepath.Join(dir, "a.png", "b.png")+": ")
}

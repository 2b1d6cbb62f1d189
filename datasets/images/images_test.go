package images_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
	"declive/datasets/images"
)

// drawn returns a picture of the colours that at gives.
func drawn(width, height int, at func(x, y int) color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, at(x, y))
		}
	}
	return m
}

func plain(c color.Color) func(x, y int) color.Color {
	return func(int, int) color.Color { return c }
}

func asPNG(t testing.TB, m image.Image) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return &fstest.MapFile{Data: b.Bytes()}
}

func asJPEG(t testing.TB, m image.Image) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}))
	return &fstest.MapFile{Data: b.Bytes()}
}

var (
	red  = color.NRGBA{200, 10, 20, 255}
	blue = color.NRGBA{30, 40, 220, 255}
)

// twoClasses has three red pictures and two blue ones, of several sizes and formats,
// and files that are none.
func twoClasses(t testing.TB) fstest.MapFS {
	return fstest.MapFS{
		"red/1.png":        asPNG(t, drawn(5, 7, plain(red))),
		"red/2.JPG":        asJPEG(t, drawn(16, 9, plain(red))),
		"red/old/3.jpeg":   asJPEG(t, drawn(3, 2, plain(red))),
		"blue/1.png":       asPNG(t, drawn(2, 3, plain(blue))),
		"blue/2.png":       asPNG(t, drawn(40, 30, plain(blue))),
		"blue/.hidden.png": {Data: []byte("none")},
		"blue/Thumbs.db":   {Data: []byte("none")},
		"__MACOSX/1.png":   {Data: []byte("none")},
		".git/1.png":       {Data: []byte("none")},
		"README.txt":       {Data: []byte("none")},
	}
}

func pixels(t testing.TB, d *datasets.Dataset) []float32 {
	t.Helper()
	b, err := d.All()
	require.NoError(t, err)
	return b.X.Float32s()
}

func TestFolder(t *testing.T) {
	f, err := images.Find(twoClasses(t))
	require.NoError(t, err)
	assert.Equal(t, 5, f.Len())
	assert.Equal(t, []string{"blue", "red"}, f.Classes())
	assert.Equal(t, []string{"2 files that are not named as PNG or JPEG, or are in no class's folder, are left out"}, f.Notes())

	d, err := f.Read(images.Size{Channels: 3, Height: 2, Width: 4})
	require.NoError(t, err)
	assert.Equal(t, autodiff.Shape{3, 2, 4}, d.Shape())
	assert.Equal(t, []int{0, 0, 1, 1, 1}, d.Labels())
	assert.Equal(t, []string{"blue", "red"}, d.Classes())
	for i, v := range pixels(t, d) {
		want := blue
		if i >= 2*24 {
			want = red
		}
		channel := []uint8{want.R, want.G, want.B}[i/8%3]
		assert.InDelta(t, channel, v, 2, "element %d", i) // JPEG is not exact
	}

	d, err = f.Read(images.Size{Channels: 1, Height: 3, Width: 1})
	require.NoError(t, err)
	assert.Equal(t, autodiff.Shape{1, 3, 1}, d.Shape())
	assert.InDelta(t, 0.299*30+0.587*40+0.114*220, pixels(t, d)[0], 1, "luma of ITU-R BT.601")
}

// A picture of the size that is asked for comes through as it is.
func TestPixelsOfTheirOwnSize(t *testing.T) {
	at := func(x, y int) color.Color { return color.NRGBA{uint8(10 * x), uint8(20 * y), uint8(x + y), 255} }
	f, err := images.Find(fstest.MapFS{"a/1.png": asPNG(t, drawn(3, 2, at))})
	require.NoError(t, err)
	d, err := f.Read(images.Size{Channels: 3, Height: 2, Width: 3})
	require.NoError(t, err)
	assert.Equal(t, []float32{0, 10, 20, 0, 10, 20, 0, 0, 0, 20, 20, 20, 0, 1, 2, 1, 2, 3}, pixels(t, d))
}

// Made smaller, a picture is averaged: a board of single black and white pixels is
// grey, where a picture that skips pixels would be black and white.
func TestResizedPicturesAreAveraged(t *testing.T) {
	board := drawn(64, 48, func(x, y int) color.Color { return color.Gray{uint8(255 * ((x + y) % 2))} })
	f, err := images.Find(fstest.MapFS{"a/1.png": asPNG(t, board)})
	require.NoError(t, err)
	d, err := f.Read(images.Size{Channels: 1, Height: 6, Width: 8})
	require.NoError(t, err)
	for i, v := range pixels(t, d) {
		assert.InDelta(t, 127.5, v, 3, "pixel %d", i)
	}
}

func TestTransparentIsBlack(t *testing.T) {
	f, err := images.Find(fstest.MapFS{"a/1.png": asPNG(t, drawn(2, 2, plain(color.NRGBA{255, 255, 255, 51}))), "a/2.png": asPNG(t, drawn(9, 9, plain(color.NRGBA{})))})
	require.NoError(t, err)
	d, err := f.Read(images.Size{Channels: 1, Height: 2, Width: 2})
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float32{51, 51, 51, 51, 0, 0, 0, 0}, pixels(t, d), 1)
}

func TestSplit(t *testing.T) {
	f, err := images.Find(twoClasses(t))
	require.NoError(t, err)
	first, second, err := f.Split(0.6, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	assert.Equal(t, []int{3, 2}, []int{first.Len(), second.Len()})
	assert.Equal(t, f.Classes(), second.Classes())
	size := images.Size{Channels: 1, Height: 2, Width: 2}
	reds := 0
	for _, part := range []*images.Folder{first, second} {
		d, err := part.Read(size)
		require.NoError(t, err)
		for _, label := range d.Labels() {
			reds += label
		}
	}
	assert.Equal(t, 3, reds, "each picture is in one part")
}

// A stream has what the data set of the same pictures has, in every epoch.
func TestStream(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 7 {
		files[fmt.Sprintf("class %d/%d.png", i%2, i)] = asPNG(t, drawn(4, 5, plain(color.Gray{uint8(10 * i)})))
	}
	f, err := images.Find(files)
	require.NoError(t, err)
	size := images.Size{Channels: 1, Height: 2, Width: 3}
	d, err := f.Read(size)
	require.NoError(t, err)
	mean := datasets.SubtractMean(d)
	d, err = d.With(mean)
	require.NoError(t, err)
	s, err := f.Stream(size, mean)
	require.NoError(t, err)

	want := map[float32]int{}
	all := pixels(t, d)
	for i, label := range d.Labels() {
		want[all[6*i]] = label
	}
	batches, orders := s.Minibatches(3, rand.New(rand.NewPCG(3, 4))), map[string]bool{}
	for range 4 {
		got, order, sizes := map[float32]int{}, "", []int{}
		for b := range batches {
			n := b.X.Shape()[0]
			sizes = append(sizes, n)
			for i, label := range b.Y.Ints() {
				x := b.X.Float32s()[6*i]
				got[x] = label
				order += fmt.Sprint(x, " ")
			}
		}
		assert.Equal(t, want, got)
		assert.Equal(t, []int{3, 3, 1}, sizes)
		orders[order] = true
	}
	assert.Greater(t, len(orders), 2, "a new order in each epoch")
	for b := range s.Consecutive(0) {
		assert.Equal(t, all, b.X.Float32s())
	}
	for b := range s.Minibatches(0, nil) {
		assert.Equal(t, d.Labels(), b.Y.Ints())
	}
	assert.NoError(t, s.Err())
}

func TestStreamEndsAtABrokenFile(t *testing.T) {
	files := twoClasses(t)
	files["red/1.png"].Data = files["red/1.png"].Data[:40]
	f, err := images.Find(files)
	require.NoError(t, err)
	s, err := f.Stream(images.Size{Channels: 3, Height: 2, Width: 2})
	require.NoError(t, err)
	n := 0
	for range s.Consecutive(1) {
		n++
	}
	assert.Equal(t, 2, n)
	assert.EqualError(t, s.Err(), "images: red/1.png: unexpected EOF")
}

func TestWrongFiles(t *testing.T) {
	good := asPNG(t, drawn(5, 7, plain(red))).Data
	huge := slices.Clone(good)
	copy(huge[16:], "\x7f\xff\xff\xff\x7f\xff\xff\xff")
	for want, content := range map[string][]byte{
		"images: a/1.png: the file is a GIF picture, want a PNG or JPEG picture": []byte("GIF89a......"),
		"images: a/1.png: the file is a pointer of Git LFS":                      []byte("version https://git-lfs.github.com/spec/v1\n"),
		"images: a/1.png: the file is neither PNG nor JPEG":                      {},
		"images: a/1.png: png: unsupported feature: dimension overflow":          huge,
		"images: a/1.png: unexpected EOF":                                        good[:len(good)/2],
	} {
		f, err := images.Find(fstest.MapFS{"a/1.png": {Data: content}})
		require.NoError(t, err)
		_, err = f.Read(images.Size{Channels: 3, Height: 1, Width: 1})
		assert.ErrorContains(t, err, want)
	}
	jpeg := asJPEG(t, drawn(5, 7, plain(red))).Data
	at := bytes.Index(jpeg, []byte{0xff, 0xc0})
	copy(jpeg[at+5:], "\xff\xff\xff\xff")
	f, err := images.Find(fstest.MapFS{"a/1.jpg": {Data: jpeg}})
	require.NoError(t, err)
	_, err = f.Read(images.Size{Channels: 3, Height: 1, Width: 1})
	assert.EqualError(t, err, "images: a/1.jpg: 65535×65535 pixels, want 1 to 134217728 in all")

	for want, files := range map[string]fstest.MapFS{
		"there are no folders; put the pictures of each class into a folder": {"1.png": {Data: good}},
		"the folder b has no PNG or JPEG files; remove it":                   {"a/1.png": {Data: good}, "b/1.gif": {}},
	} {
		_, err := images.Find(files)
		assert.ErrorContains(t, err, want)
	}
}

// FuzzDecode reads any file as a picture.
func FuzzDecode(f *testing.F) {
	m := drawn(3, 2, plain(red))
	f.Add(asPNG(f, m).Data)
	f.Add(asJPEG(f, m).Data)
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		folder, err := images.Find(fstest.MapFS{"a/1.png": {Data: content}})
		require.NoError(t, err)
		d, err := folder.Read(images.Size{Channels: 3, Height: 2, Width: 5})
		if err != nil {
			assert.True(t, strings.HasPrefix(err.Error(), "images: a/1.png: "), err)
			return
		}
		assert.Equal(t, 30, d.Features())
	})
}

// Pictures go through functions, in order, that may also change targets.
func TestStreamMap(t *testing.T) {
	f, err := images.Find(twoClasses(t))
	require.NoError(t, err)
	s, err := f.Stream(images.Size{Channels: 3, Height: 2, Width: 4}, datasets.Scale(2))
	require.NoError(t, err)
	assert.Equal(t, 24, s.Features())
	assert.Equal(t, f.Classes(), s.Classes())
	signs, err := s.Map(func(d *datasets.Dataset) (*datasets.Dataset, error) { return d.Signs() })
	require.NoError(t, err)
	for b := range s.Consecutive(0) {
		for c := range signs.Consecutive(0) {
			assert.Equal(t, b.X.Float32s(), c.X.Float32s())
			for i, y := range b.Y.Ints() {
				assert.Equal(t, float32(2*y-1), c.Y.Float32s()[i])
			}
		}
	}
	broken, err := signs.Map(func(*datasets.Dataset) (*datasets.Dataset, error) { return nil, errors.New("no") })
	require.NoError(t, err)
	for range broken.Consecutive(0) {
		t.Error("a batch after an error")
	}
	assert.EqualError(t, s.Err(), "no")
}

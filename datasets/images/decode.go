package images

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"

	"golang.org/x/image/draw"

	"declive/datasets/internal/brief"
	"declive/datasets/internal/kind"
)

// A Size is that of all pictures of a data set: its examples have the shape
// (Channels, Height, Width), a byte for each element.
type Size struct {
	Channels      int // 3 for red, green and blue, or 1 for grey
	Height, Width int // in pixels
}

// widest is the largest height and width to resize to.
const widest = 1 << 12

func (s Size) check() error {
	switch {
	case s.Channels != 1 && s.Channels != 3:
		return fmt.Errorf("Size.Channels is %d, want 3 for colours or 1 for grey", s.Channels)
	case min(s.Height, s.Width) < 1 || max(s.Height, s.Width) > widest:
		return fmt.Errorf("Size is %d×%d pixels, want 1 to %d each way", s.Height, s.Width, widest)
	}
	return nil
}

// bytes is the number of elements of a picture.
func (s Size) bytes() int { return s.Channels * s.Height * s.Width }

// mostPixels is how many a file may have: a few bytes of a header ask for them.
const mostPixels = 1 << 27

// A format is one that can be read.
type format struct {
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
}

// read writes the pixels of a file to dst, one channel after another.
func (s Size) read(fsys fs.FS, name string, dst []byte) error {
	f, err := fsys.Open(name)
	if err != nil {
		return fmt.Errorf("images: %w", err)
	}
	defer f.Close()
	if err := s.pixels(f, dst); err != nil {
		return fmt.Errorf("images: %s: %w", brief.TextFromEnd(name, 100), err)
	}
	return nil
}

// pixels writes the pixels of what r reads to dst.
func (s Size) pixels(r io.Reader, dst []byte) error {
	picture, err := decode(r)
	if err != nil {
		return err
	}
	s.planes(s.scaled(picture), dst)
	return nil
}

// decode reads a picture, whose format its first bytes tell.
func decode(r io.Reader) (image.Image, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(512)
	if err != nil && err != io.EOF {
		return nil, err
	}
	for _, f := range formats {
		if !bytes.HasPrefix(head, []byte(f.magic)) {
			continue
		}
		var seen bytes.Buffer
		c, err := f.config(io.TeeReader(b, &seen))
		if err != nil {
			return nil, err
		}
		if c.Width < 1 || c.Height < 1 || c.Width > mostPixels/c.Height {
			return nil, fmt.Errorf("%d×%d pixels, want 1 to %d in all", c.Width, c.Height, mostPixels)
		}
		return f.decode(io.MultiReader(&seen, b))
	}
	if what := kind.Of(head); what != "" {
		return nil, fmt.Errorf("the file is %s, want a PNG or JPEG picture", what)
	}
	return nil, errors.New("the file is neither PNG nor JPEG, whatever its name says")
}

// scaled returns the picture in the size, over black.
func (s Size) scaled(picture image.Image) *image.RGBA {
	to := image.NewRGBA(image.Rect(0, 0, s.Width, s.Height))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.Black), image.Point{}, draw.Src)
	from := picture.Bounds()
	if from.Size() == to.Bounds().Size() {
		draw.Draw(to, to.Bounds(), picture, from.Min, draw.Over) // exactly
		return to
	}
	draw.BiLinear.Scale(to, to.Bounds(), picture, from, draw.Over, nil)
	return to
}

// planes writes the channels, or the grey of color.GrayModel, one after another.
func (s Size) planes(picture *image.RGBA, dst []byte) {
	n := s.Height * s.Width
	for i := range n {
		p := picture.Pix[4*i : 4*i+4]
		if s.Channels == 1 {
			dst[i] = color.GrayModel.Convert(color.RGBA{p[0], p[1], p[2], p[3]}).(color.Gray).Y
			continue
		}
		dst[i], dst[n+i], dst[2*n+i] = p[0], p[1], p[2]
	}
}

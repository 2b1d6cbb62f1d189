package main

import (
	"fmt"
	"image"
	_ "image/png" // registers the format
	"io"
	"os"
	"path/filepath"
	"strings"

	"declive/autodiff"
	"declive/datasets"
	"declive/predict"
)

// read returns the examples of a file.
func (s settings) read(m predict.Model, name string) (*datasets.Dataset, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	switch format := s.formatOf(name); format {
	case "csv":
		return table(m, f)
	case "cifar10":
		return datasets.ReadCIFAR10(f)
	case "mnist":
		return datasets.ReadIDX(f)
	case "png":
		return picture(m, f)
	default:
		return nil, fmt.Errorf("format %q; want -format csv, cifar10, mnist or png", format)
	}
}

// formatOf returns the format of a file: that of the flag, or what its name says.
func (s settings) formatOf(name string) string {
	if s.format != "" {
		return s.format
	}
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(name)), ".gz")
	switch {
	case strings.HasSuffix(base, ".png"):
		return "png"
	case strings.HasSuffix(base, ".bin"):
		return "cifar10"
	case strings.Contains(base, "idx") && strings.HasSuffix(base, "ubyte"):
		return "mnist"
	case strings.HasSuffix(base, ".csv"), strings.HasSuffix(base, ".data"), strings.HasSuffix(base, ".txt"):
		return "csv"
	}
	return strings.TrimPrefix(filepath.Ext(base), ".")
}

// table reads a table as the schema of the model says, or one of numbers alone.
func table(m predict.Model, f io.Reader) (*datasets.Dataset, error) {
	if m.Schema != nil {
		return m.Schema.Read(f)
	}
	return datasets.CSV{Unlabelled: true}.Read(f)
}

// picture returns the pixels of a PNG as one example: of grey where the model has a
// feature for each pixel, and planes of red, green and blue where it has three.
func picture(m predict.Model, f io.Reader) (*datasets.Dataset, error) {
	p, err := sized(f)
	if err != nil {
		return nil, err
	}
	features := autodiff.Shape(m.Shape).Size()
	b := p.Bounds()
	pixels := b.Dx() * b.Dy()
	channels := features / max(pixels, 1)
	if pixels*channels != features || channels != 1 && channels != 3 {
		return nil, fmt.Errorf("a picture of %d×%d pixels, but the model has %d features, want one a pixel, or three; resize it to the pixels that the model was trained on", b.Dx(), b.Dy(), features)
	}
	return datasets.New(planes(p, channels), features)
}

// largest bounds the pixels of a picture, which is unpacked whole.
const largest = 1 << 24

// sized decodes a picture unless it is too large.
func sized(f io.Reader) (image.Image, error) {
	var head strings.Builder
	config, _, err := image.DecodeConfig(io.TeeReader(f, &head))
	if err != nil {
		return nil, err
	}
	if config.Width*config.Height > largest {
		return nil, fmt.Errorf("a picture of %d×%d pixels is too large", config.Width, config.Height)
	}
	picture, _, err := image.Decode(io.MultiReader(strings.NewReader(head.String()), f))
	return picture, err
}

// planes returns the pixels row by row, 0 to 255, channel by channel.
func planes(p image.Image, channels int) []uint8 {
	b := p.Bounds()
	size := b.Dx() * b.Dy()
	out := make([]uint8, channels*size)
	for y := range b.Dy() {
		for x := range b.Dx() {
			red, green, blue, _ := p.At(b.Min.X+x, b.Min.Y+y).RGBA()
			at := y*b.Dx() + x
			if channels == 1 { // luma of BT.601, as package image/color has it
				out[at] = uint8((19595*red + 38470*green + 7471*blue + 1<<15) >> 24)
				continue
			}
			out[at], out[size+at], out[2*size+at] = uint8(red>>8), uint8(green>>8), uint8(blue>>8)
		}
	}
	return out
}

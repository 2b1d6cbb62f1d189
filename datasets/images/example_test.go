package images_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing/fstest"

	"declive/datasets/images"
)

// flowers is a folder with pictures of two classes; programs have os.DirFS.
func flowers() fstest.MapFS {
	files := fstest.MapFS{}
	for name, grey := range map[string]uint8{"rose/1.png": 30, "rose/2.png": 40, "tulip/1.png": 210, "tulip/2.png": 230} {
		m := image.NewGray(image.Rect(0, 0, 60, 40))
		for i := range m.Pix {
			m.Pix[i] = color.Gray{Y: grey}.Y
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			panic(err)
		}
		files[name] = &fstest.MapFile{Data: b.Bytes()}
	}
	return files
}

// Pictures that fit the memory.
func ExampleFolder_Read() {
	all, err := images.Find(flowers())
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := all.Read(images.Size{Channels: 1, Height: 2, Width: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(d.Len(), d.Shape(), d.Classes(), d.Labels())
	// Output: 4 (1, 2, 3) [rose tulip] [0 0 1 1]
}

// Pictures that are read again in every epoch, one batch at a time.
func ExampleFolder_Stream() {
	all, err := images.Find(flowers())
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := all.Stream(images.Size{Channels: 1, Height: 2, Width: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for b := range s.Minibatches(3, rand.New(rand.NewPCG(1, 2))) {
		fmt.Println(b.X.Shape(), b.Y.Shape())
	}
	fmt.Println(s.Err())
	// Output:
	// (3, 6) (3)
	// (1, 6) (1)
	// <nil>
}

// One picture, as large as those that a model was trained on.
func ExampleRead() {
	f, err := flowers().Open("rose/1.png")
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := images.Read(f, images.Size{Channels: 1, Height: 2, Width: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	b, err := d.All()
	fmt.Println(d.Shape(), b.X.Data(), err)
	// Output: (1, 2, 3) [30 30 30 30 30 30] <nil>
}

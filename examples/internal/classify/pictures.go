package classify

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"declive/internal/atomicfile"
	"declive/optim"
)

// Two colours that readers with any colour vision tell apart (Okabe and Ito,
// Color Universal Design, 2008).
var (
	blue   = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	orange = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
)

// drawLoss draws the loss on the training and on the test part by epochs.
func drawLoss(path string, epochs []optim.Epoch, title string) error {
	train, test := make(plotter.XYs, len(epochs)), make(plotter.XYs, len(epochs))
	for i, e := range epochs {
		train[i] = plotter.XY{X: float64(e.Number), Y: e.Loss}
		test[i] = plotter.XY{X: float64(e.Number), Y: e.Validation.Loss}
	}
	p := plot.New()
	p.Title.Text = title
	p.X.Label.Text, p.Y.Label.Text = "epoch", "loss"
	p.Legend.Left, p.Legend.XOffs, p.Legend.YOffs = true, 8, 8 // below a falling curve
	p.Add(plotter.NewGrid())
	if err := addLine(p, "training, mean during the epoch", train, blue, nil); err != nil {
		return err
	}
	if err := addLine(p, "test, after the epoch", test, orange, []vg.Length{5, 3}); err != nil {
		return err
	}
	p.Y.Min = 0
	canvas := vgimg.New(16*vg.Centimeter, 10*vg.Centimeter)
	p.Draw(draw.Crop(draw.New(canvas), 6, -12, 6, -6))
	return save(path, vgimg.PngCanvas{Canvas: canvas})
}

func addLine(p *plot.Plot, name string, points plotter.XYs, c color.Color, dashes []vg.Length) error {
	if len(points) == 0 {
		return nil
	}
	line, dots, err := plotter.NewLinePoints(points)
	if err != nil {
		return err
	}
	line.Color, line.Width, line.Dashes = c, 1.5, dashes
	dots.Color, dots.Shape, dots.Radius = c, draw.CircleGlyph{}, 2
	p.Add(line, dots)
	p.Legend.Add(name, line, dots)
	return nil
}

// save writes a picture to a file, which appears complete or not at all.
func save(path string, picture io.WriterTo) error {
	err := atomicfile.Replace(path, func(w io.Writer) error {
		_, err := picture.WriteTo(w)
		return err
	})
	if err != nil {
		return fmt.Errorf("picture %s: %w", path, err)
	}
	return nil
}

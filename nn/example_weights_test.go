package nn_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// A file keeps what training has found; a model of the same form takes it over.
func ExampleSave() {
	folder, err := os.MkdirTemp("", "declive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "scores.safetensors")

	trained := nn.NewLinear("scores", 3, 2, nn.Constant(0.5), nil)
	if err := nn.Save(path, trained.Params()); err != nil {
		fmt.Println(err)
		return
	}
	fresh := nn.NewLinear("scores", 3, 2, nn.Zeros(), nil)
	fmt.Println(nn.Load(path, fresh.Params()), fresh.Weight.Value().Float32s())

	wider := nn.NewLinear("scores", 4, 2, nn.Zeros(), nil)
	fmt.Println(nn.Load(path, wider.Params()) != nil)
	// Output:
	// <nil> [0.5 0.5 0.5 0.5 0.5 0.5]
	// true
}

// Weights of another program have other names and another precision.
func ExampleReading() {
	folder, err := os.MkdirTemp("", "declive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "theirs.safetensors")

	theirs := []*autodiff.Param{nn.NewParam("fc.weight", nn.Constant(0.5), nil, 2, 3), nn.NewParam("fc.bias", nn.Constant(2), nil, 2)}
	theirs[0].Convert(tensor.Float64)
	if err := nn.Save(path, theirs); err != nil {
		fmt.Println(err)
		return
	}
	ours := nn.NewLinear("scores", 3, 2, nn.Zeros(), nil)
	r := nn.Reading{Names: map[string]string{"fc.weight": "scores/W", "fc.bias": "scores/b"}, Convert: true}
	fmt.Println(r.Load(path, ours.Params()), ours.Weight.Value().Float32s(), ours.Bias.Value().Float32s())
	// Output: <nil> [0.5 0.5 0.5 0.5 0.5 0.5] [2 2]
}

// PyTorch stores the channels of an image one after the other.
func ExampleWriting() {
	conv := nn.NewConv2D("conv", 2, 1, 3, autodiff.Window{}, nn.Constant(1), nil).WithoutBias()
	var file bytes.Buffer
	w := nn.Writing{Names: map[string]string{"conv/W": "conv.weight"}, Order: nn.Order{ChannelsFirst: true}}
	if err := w.WriteParams(&file, conv.Params()); err != nil {
		fmt.Println(err)
		return
	}
	r := nn.Reading{Names: map[string]string{"conv.weight": "conv/W"}, Order: w.Order}
	fmt.Println(r.ReadParams(&file, conv.Params()), conv.Weight.Shape())
	// Output: <nil> (1, 3, 3, 2)
}

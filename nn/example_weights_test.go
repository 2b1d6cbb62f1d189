package nn_test

import (
	"fmt"
	"os"
	"path/filepath"

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

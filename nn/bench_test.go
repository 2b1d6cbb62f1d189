package nn_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/nn"
)

// BenchmarkSave and BenchmarkLoad keep a perceptron in a file.
func BenchmarkSave(b *testing.B) { eachPerceptron(b, nn.Save) }

func BenchmarkLoad(b *testing.B) { eachPerceptron(b, nn.Load) }

func eachPerceptron(b *testing.B, f func(path string, params []*autodiff.Param) error) {
	for _, width := range []int{64, 1024} {
		model := nn.NewMLP("digits", []int{784, width, 10}, nn.ReLU{}, nn.HeNormal(), rand.New(rand.NewPCG(1, 2)))
		size := 0
		for _, p := range model.Params() {
			size += 4 * p.Shape().Size()
		}
		b.Run(fmt.Sprintf("width=%d", width), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "weights")
			require.NoError(b, nn.Save(path, model.Params()))
			b.SetBytes(int64(size))
			for b.Loop() {
				require.NoError(b, f(path, model.Params()))
			}
		})
	}
}

package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/nn"
)

// Eight examples of two features, and three targets for each: of two classes, of
// three, and a value.
var (
	points = []string{"1,7", "2,3", "3,9", "4,1", "5,6", "6,8", "7,2", "8,5"}
	two    = []string{"a", "a", "b", "a", "b", "b", "b", "a"}
	three  = []string{"a", "a", "b", "c", "b", "b", "c", "c"}
	values = []string{"3", "1", "4", "1", "5", "9", "2", "6"}
)

// learnt trains on the points with the given targets, and returns the weights.
func learnt(t *testing.T, targets []string, scores int, args ...string) (w, b []float32) {
	t.Helper()
	text := ""
	for i, p := range points {
		text += p + "," + targets[i] + "\n"
	}
	file := filepath.Join(t.TempDir(), "table.csv")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	_, out := train(t, append(args, "-data", "csv", "-file", file, "-test", file, "-header", "no")...)
	l := nn.NewLinear("scores", 2, scores, nn.Normal(1), rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, nn.Load(filepath.Join(out, "weights.safetensors"), l.Params()))
	return floats(l.Params()[0].Value()), floats(l.Params()[1].Value())
}

func floats(v *tensor.Dense) []float32 { return v.Data().([]float32) }

// Without a flag the weights are those of scikit-learn 1.2.1: of
// LogisticRegression(tol=1e-12) and Ridge(alpha=0.5), for features, and values to
// predict, under StandardScaler. Two classes have one row of weights there, which is
// the difference of our two.
func TestWeightsAreThoseOfScikitLearn(t *testing.T) {
	w, b := learnt(t, three, 3)
	assert.InDeltaSlice(t, []float64{-0.97849003, -0.08575363, 0.21115471, 0.87273651, 0.76733532, -0.78698288}, w, 2e-5)
	assert.InDelta(t, -0.32960655-0.25477382, b[0]-b[1], 2e-5, "only differences of biases are determined")
	assert.InDelta(t, -0.32960655-0.07483273, b[0]-b[2], 2e-5)
	w, b = learnt(t, two, 2)
	assert.InDelta(t, 0.52854815, w[2]-w[0], 2e-5)
	assert.InDelta(t, 0.64027324, w[3]-w[1], 2e-5)
	assert.InDelta(t, -0.00834557, b[1]-b[0], 2e-5)
	w, b = learnt(t, two, 1, "-loss", "logistic")
	assert.InDeltaSlice(t, []float64{0.52854815, 0.64027324}, w, 2e-5)
	assert.InDelta(t, -0.00834557, b[0], 2e-5)
	w, _ = learnt(t, values, 1, "-task", "regress")
	assert.InDeltaSlice(t, []float64{0.56752255, 0.73441998}, w, 2e-5)
}

package onnx_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/nn"
	"declive/onnx"
	"declive/predict"
)

// The tests in the module _reader run what is written, by a program that is not ours.

func linear() predict.Model {
	return predict.Model{Layer: nn.NewLinear("s", 3, 2, nn.Constant(0.5), nil), Shape: []int{3}, Classes: []string{"a", "b"}}
}

func written(t *testing.T, m predict.Model) []byte {
	var b bytes.Buffer
	require.NoError(t, onnx.Write(&b, m))
	return b.Bytes()
}

// fields returns the messages, texts and integers of a field, whatever surrounds it.
func fields(t *testing.T, m []byte, path ...protowire.Number) (found [][]byte) {
	if len(path) == 0 {
		return [][]byte{m}
	}
	for len(m) > 0 {
		number, kind, n := protowire.ConsumeTag(m)
		require.Positive(t, n)
		length := protowire.ConsumeFieldValue(number, kind, m[n:])
		require.Positive(t, length)
		if value := m[n : n+length]; number == path[0] {
			if kind == protowire.BytesType {
				value, _ = protowire.ConsumeBytes(value)
			}
			found = append(found, fields(t, value, path[1:]...)...)
		}
		m = m[n+length:]
	}
	return found
}

func TestNames(t *testing.T) {
	file := written(t, linear())
	assert.Equal(t, [][]byte{[]byte("s/W"), []byte("s/b")}, fields(t, file, 7, 5, 8), "constants")
	assert.Equal(t, [][]byte{[]byte("x"), []byte("s/W"), []byte("s/b")}, fields(t, file, 7, 1, 1), "operands")
	assert.Equal(t, [][]byte{[]byte("batch")}, fields(t, file, 7, 11, 2, 1, 2, 1, 2), "the axis of examples")
	assert.Equal(t, [][]byte{[]byte(`["a","b"]`)}, fields(t, file, 14, 2), "classes")
	assert.Equal(t, file, written(t, linear()), "the same bytes every time")
}

func TestFloat64(t *testing.T) {
	m := linear()
	for _, p := range m.Layer.Params() {
		p.Convert(tensor.Float64)
	}
	file := written(t, m)
	assert.Equal(t, [][]byte{{11}}, fields(t, file, 7, 11, 2, 1, 1), "the input is DOUBLE")
	weights := fields(t, file, 7, 5, 9)[0]
	require.Len(t, weights, 6*8)
	assert.Equal(t, 0.5, math.Float64frombits(binary.LittleEndian.Uint64(weights)))
}

// A layer that occurs twice has its constants once.
func TestSharedParameters(t *testing.T) {
	l := nn.NewLinear("l", 3, 3, nn.Constant(1), nil)
	file := written(t, predict.Model{Layer: nn.Sequential{l, l}, Shape: []int{3}})
	assert.Len(t, fields(t, file, 7, 5), 2)
	assert.Len(t, fields(t, file, 7, 1), 2)
}

func TestRefused(t *testing.T) {
	own := nn.Func(nn.ReLU{}.Forward)
	err := onnx.Write(&bytes.Buffer{}, predict.Model{Layer: nn.Sequential{nn.ReLU{}, own}, Shape: []int{2}})
	assert.EqualError(t, err, "onnx: Write: layer 1: a nn.Func cannot be written")
	inner := nn.Residual{Body: nn.ReLU{}, Shortcut: nn.Sequential{own}}
	err = onnx.Write(&bytes.Buffer{}, predict.Model{Layer: inner, Shape: []int{2}})
	assert.EqualError(t, err, "onnx: Write: shortcut: layer 0: a nn.Func cannot be written")
	wide := nn.Sequential{nn.AvgPool2D{Size: 2, Window: autodiff.Window{Pad: 2}}, nn.GlobalPool{}}
	err = onnx.Write(&bytes.Buffer{}, predict.Model{Layer: wide, Shape: []int{4, 5, 1}})
	assert.EqualError(t, err, "onnx: Write: layer 0: an nn.AvgPool2D with padding 2 cannot be written, which must be below its size, 2")
	for _, name := range []string{"x", "scores", "%1"} {
		l := &nn.Linear{Weight: nn.NewParam(name, nn.Zeros(), nil, 2, 3)}
		err := onnx.Write(&bytes.Buffer{}, predict.Model{Layer: l, Shape: []int{3}})
		assert.EqualError(t, err, fmt.Sprintf("onnx: Write: a parameter is named %q, which stands for another value in the graph", name))
	}
}

// images has every layer that rows have not, with options that are not the default,
// and parameters and statistics that all differ.
func images() predict.Model {
	rng := rand.New(rand.NewPCG(1, 2))
	features := nn.NewLayerNorm("ln", 4)
	features.Epsilon = 1e-2
	m := predict.Model{Shape: []int{9, 7, 2}, Layer: nn.Sequential{
		nn.NewConv2D("c1", 2, 3, 3, autodiff.Window{Strides: [2]int{1, 2}, Pads: [2][2]int{{1, 0}, {2, 1}}}, nn.HeNormal(), rng),
		nn.NewBatchNorm("bn", 3), nn.GELU{}, nn.GELU{Form: nn.GELUTanh}, nn.Scale{Factor: 1.5}, nn.GELU{Form: nn.GELUSigmoid},
		nn.Residual{Body: nn.NewConv2D("c2", 3, 3, 3, autodiff.Window{Pad: 1}, nn.HeNormal(), rng).WithoutBias()},
		nn.MaxPool2D{Size: 2, Window: autodiff.Window{Stride: 1, Pads: [2][2]int{{1, 0}, {0, 1}}}},
		nn.Residual{
			Body:     nn.NewConv2D("c3", 3, 4, 1, autodiff.Window{}, nn.HeNormal(), rng),
			Shortcut: nn.NewConv2D("c4", 3, 4, 1, autodiff.Window{}, nn.HeNormal(), rng),
		},
		nn.NewGroupNorm("gn", 2, 4), nn.SiLU{}, nn.NewRMSNorm("rms", 4),
		nn.AvgPool2D{Size: 3, Window: autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{0, 1}, {2, 0}}}}, nn.AvgPool2D{Size: 2},
		nn.Dropout{Rate: 0.25}, features, &nn.LayerNorm{}, nn.GlobalPool{Max: true}, nn.NewLinear("s", 4, 3, nn.HeNormal(), rng),
	}}
	for _, p := range append(m.Layer.Params(), nn.Statistics(m.Layer)...) {
		if len(p.Shape()) == 1 {
			for i := range p.Value().Float32s() {
				p.Value().Float32s()[i] = 0.5 + rng.Float32()
			}
		}
	}
	return m
}

// rows has every layer of rows.
func rows() predict.Model {
	rng := rand.New(rand.NewPCG(3, 4))
	return predict.Model{Shape: []int{3, 2}, Layer: nn.Sequential{
		nn.Flatten{}, nn.NewLinear("r", 6, 2, nn.HeNormal(), rng), nn.ReLU{}, nn.Tanh{}, nn.Sigmoid{}, nn.NewBatchNorm("bn", 2),
	}}
}

// What a file says, computed in plain loops, is what the model computes.
func TestValues(t *testing.T) {
	means := images()
	means.Layer = nn.Sequential{means.Layer.(nn.Sequential)[0], nn.GlobalPool{}}
	for name, m := range map[string]predict.Model{"rows": rows(), "images": images(), "means": means} {
		for _, p := range append(m.Layer.Params(), nn.Statistics(m.Layer)...) {
			p.Convert(tensor.Float64)
		}
		const n = 2
		rng := rand.New(rand.NewPCG(5, 6))
		x := fill(append([]int{n}, m.Shape...), func([]int) float64 { return rng.NormFloat64() })
		p, err := predict.New(m)
		require.NoError(t, err)
		want, err := p.Scores(nil, x.v)
		require.NoError(t, err)
		// Some hundred float64 roundings of values below 100.
		assert.InDeltaSlice(t, want, run(t, written(t, m), x).v, 1e-11, name)
	}
}

// Every layer of package nn can be written.
func TestEveryLayer(t *testing.T) {
	functions, err := exported.Functions("../nn")
	require.NoError(t, err)
	var have []string
	for _, m := range []predict.Model{rows(), images()} {
		written(t, m)
		for _, l := range m.Layer.(nn.Sequential) {
			have = append(have, strings.TrimPrefix(strings.TrimLeft(fmt.Sprintf("%T", l), "*"), "nn."))
		}
	}
	for _, f := range functions {
		name, forward := strings.CutSuffix(f.Name, ".Forward")
		if forward && name != "Layer" && name != "Func" && name != "Sequential" {
			assert.Contains(t, have, name)
		}
	}
}

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	exported.Check(t, ".", []exported.Call{
		{Of: "Save", With: "no path", Do: func() error { return onnx.Save("", linear()) }},
		{Of: "Save", With: "an empty model", Do: func() error { return onnx.Save(filepath.Join(t.TempDir(), "m"), predict.Model{}) }},
		{Of: "Write", With: "nil writer", Do: func() error { return onnx.Write(nil, linear()) }},
		{Of: "Write", With: "an empty model", Do: func() error { return onnx.Write(&bytes.Buffer{}, predict.Model{}) }},
	})
}

// What another program reads: a graph from x to scores.
func ExampleSave() {
	folder, err := os.MkdirTemp("", "declive")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	m := predict.Model{Layer: nn.NewLinear("scores", 784, 10, nn.Zeros(), nil), Shape: []int{784}}
	fmt.Println(onnx.Save(filepath.Join(folder, "digits.onnx"), m))
	// Output: <nil>
}

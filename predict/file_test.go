package predict_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/internal/exported"
	"declive/internal/safetensors"
	"declive/nn"
	"declive/predict"
)

// kept has a layer of every type.
func kept() nn.Sequential {
	rng := rand.New(rand.NewPCG(5, 6))
	return nn.Sequential{
		nn.Flatten{}, nn.NewLinear("a", 6, 5, nn.HeNormal(), rng), nn.ReLU{},
		nn.Sequential{nn.NewLinear("b", 5, 4, nn.HeNormal(), rng).WithoutBias(), nn.Tanh{}}, nn.Sigmoid{},
		nn.NewLinear("c", 4, 3, nn.HeNormal(), rng),
	}
}

func whole() predict.Model {
	return predict.Model{
		Layer: kept(), Shape: []int{2, 3}, Classes: []string{"a", "ä", "\"b\""}, Features: []string{"u", "v", "w", "x", "y", "z"},
		Transform: datasets.Transform{Shift: []float64{0.1, 2, 3, 4, 5, 1. / 3}, Scale: []float64{2}},
	}
}

// images has a layer of every type that takes images, and of every norm, with options
// that are not the default and parameters and statistics that all differ.
func images() predict.Model {
	rng := rand.New(rand.NewPCG(7, 8))
	norm := nn.NewBatchNorm("bn", 3)
	norm.Keep, norm.Epsilon, norm.Ghost = 0.8, 1e-3, 4
	group := nn.NewGroupNorm("gn", 2, 4)
	group.Epsilon = 1e-4
	features := nn.NewLayerNorm("ln", 4)
	features.Epsilon = 1e-2
	bare := &nn.BatchNorm{Mean: nn.NewParam("bare/mean", nn.Zeros(), nil, 4), Variance: nn.NewParam("bare/variance", nn.Constant(1), nil, 4)}
	m := predict.Model{Shape: []int{9, 7, 2}, Classes: []string{"a", "b", "c"}, Layer: nn.Sequential{
		nn.NewConv2D("c1", 2, 3, 3, autodiff.Window{Strides: [2]int{1, 2}, Pads: [2][2]int{{1, 0}, {2, 1}}}, nn.HeNormal(), rng), norm, nn.GELU{}, nn.GELU{Form: nn.GELUTanh}, nn.Scale{Factor: 1.5},
		nn.Residual{Body: nn.NewConv2D("c2", 3, 3, 3, autodiff.Window{Pad: 1}, nn.HeNormal(), rng).WithoutBias()},
		nn.MaxPool2D{Size: 2, Window: autodiff.Window{Stride: 1, Pad: 1}},
		nn.Residual{
			Body:     nn.NewConv2D("c3", 3, 4, 1, autodiff.Window{}, nn.HeNormal(), rng),
			Shortcut: nn.Sequential{nn.NewConv2D("c4", 3, 4, 1, autodiff.Window{}, nn.HeNormal(), rng), bare},
		},
		group, nn.SiLU{}, nn.NewRMSNorm("rms", 4), nn.AvgPool2D{Size: 2}, nn.Dropout{Rate: 0.25, Seed: 1<<63 + 1}, nn.GlobalPool{Max: true},
		features, nn.NewLinear("scores", 4, 3, nn.HeNormal(), rng),
	}}
	for _, p := range all(m.Layer) {
		if len(p.Shape()) == 1 {
			for i := range p.Value().Float32s() {
				p.Value().Float32s()[i] = 0.5 + rng.Float32()
			}
		}
	}
	return m
}

// all returns the parameters and running statistics.
func all(l nn.Layer) []*autodiff.Param { return append(l.Params(), nn.Statistics(l)...) }

func file(t testing.TB, m predict.Model) []byte {
	var b bytes.Buffer
	require.NoError(t, predict.Write(&b, m))
	return b.Bytes()
}

func TestFile(t *testing.T) {
	for _, model := range []func() predict.Model{whole, images} {
		for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			m := model()
			for _, p := range all(m.Layer) {
				p.Convert(dt)
			}
			got, err := predict.Read(bytes.NewReader(file(t, m)))
			require.NoError(t, err)
			assert.Equal(t, m, got)

			rng := rand.New(rand.NewPCG(9, 1))
			x := make([]float64, 2*autodiff.Shape(m.Shape).Size())
			for i := range x {
				x[i] = rng.NormFloat64()
			}
			want, err := predictor(t, m).Scores(nil, x)
			require.NoError(t, err)
			scores, err := predictor(t, got).Scores(nil, x)
			require.NoError(t, err)
			assert.Equal(t, want, scores)
		}
	}
}

// The names in a file stay as they are, whatever becomes of those of fields.
func TestDescription(t *testing.T) {
	const text = `{"format":1,"precision":"float32","shape":[5,6,2],"layer":{"type":"Sequential","layers":[
		{"type":"Conv2D","params":{"weight":"c"},"window":{"strides":[2,1],"pads":[[1,0],[0,2]]}},
		{"type":"BatchNorm","params":{"scale":"s","mean":"m","variance":"v"},"keep":0.5,"epsilon":0.25},
		{"type":"GroupNorm","groups":3},{"type":"AvgPool2D","size":2,"window":{"stride":1,"pad":1}},
		{"type":"Dropout","rate":0.5,"seed":"18446744073709551615"},
		{"type":"Residual","layers":[{"type":"SiLU"}]},{"type":"GlobalPool","max":true}]}}`
	c, v := nn.NewParam("c", nn.Constant(2), nil, 3, 1, 2, 2), func(name string) *autodiff.Param { return nn.NewParam(name, nn.Constant(1), nil, 3) }
	norm := &nn.BatchNorm{Scale: v("s"), Mean: v("m"), Variance: v("v"), Keep: 0.5, Epsilon: 0.25}
	want := nn.Sequential{
		&nn.Conv2D{Weight: c, Window: autodiff.Window{Strides: [2]int{2, 1}, Pads: [2][2]int{{1, 0}, {0, 2}}}}, norm,
		&nn.GroupNorm{Groups: 3}, nn.AvgPool2D{Size: 2, Window: autodiff.Window{Stride: 1, Pad: 1}}, nn.Dropout{Rate: 0.5, Seed: 1<<64 - 1},
		nn.Residual{Body: nn.SiLU{}}, nn.GlobalPool{Max: true},
	}
	var tensors []safetensors.Tensor
	for _, p := range all(want) {
		tensors = append(tensors, safetensors.Tensor{Name: p.Name(), Value: p.Value()})
	}
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, tensors, map[string]string{"declive.model": text}))
	got, err := predict.Read(&b)
	require.NoError(t, err)
	assert.Equal(t, want, got.Layer)
}

// Predictions are in the unit of the raw targets, also of a model that was read.
func TestTargets(t *testing.T) {
	m := predict.Model{Layer: nn.Flatten{}, Shape: []int{2}, Regression: true,
		Targets: datasets.Transform{Shift: []float64{100, -3}, Scale: []float64{0.5}}}
	got, err := predict.Read(bytes.NewReader(file(t, m)))
	require.NoError(t, err)
	scores, err := predictor(t, got).Scores(nil, []float64{0, 1, 2, 3})
	require.NoError(t, err)
	assert.Equal(t, []float64{100, -1, 104, 3}, scores)
}

// A layer of package nn that has no description cannot be kept.
func TestEveryLayerIsKept(t *testing.T) {
	functions, err := exported.Functions("../nn")
	require.NoError(t, err)
	text := string(file(t, whole())) + string(file(t, images()))
	found := 0
	for _, f := range functions {
		name, forward := strings.CutSuffix(f.Name, ".Forward")
		if forward && name != "Layer" && name != "Func" {
			found++
			assert.Contains(t, text, `\"type\":\"`+name+`\"`)
		}
	}
	assert.GreaterOrEqual(t, found, 18)
}

// A program that has never seen the training table predicts for raw rows of another.
func TestTable(t *testing.T) {
	const training = "size,colour,kind\n1,red,apple\n3,green,melon\n2,blue,plum\n"
	table, err := datasets.CSV{Label: "kind", OneHot: []string{"colour"}}.Table(strings.NewReader(training))
	require.NoError(t, err)
	schema, err := table.Learn()
	require.NoError(t, err)
	m := predict.Model{
		Layer: nn.NewLinear("scores", len(schema.FeatureNames()), 3, nn.Normal(1), rand.New(rand.NewPCG(1, 2))),
		Shape: []int{len(schema.FeatureNames())}, Schema: schema, Classes: schema.Classes(), Features: schema.FeatureNames(),
	}
	path := filepath.Join(t.TempDir(), "fruit.safetensors")
	require.NoError(t, predict.Save(path, m))

	got, err := predict.Load(path)
	require.NoError(t, err)
	rows, err := got.Schema.Read(strings.NewReader("colour,size\nblue,4\nred,5\n"))
	require.NoError(t, err)
	scores, err := predictor(t, got).ScoresOf(rows)
	require.NoError(t, err)
	blue := make([]float64, 2*len(m.Features)) // the same rows by hand
	for i, row := range []map[string]float64{{"size": 4, "colour=blue": 1}, {"size": 5, "colour=red": 1}} {
		for j, name := range m.Features {
			blue[i*len(m.Features)+j] = row[name]
		}
	}
	want, err := predictor(t, m).Scores(nil, blue)
	require.NoError(t, err)
	assert.Equal(t, want, scores)
}

// Weights of a model file can be read without the rest, and weights alone are no
// model.
func TestWeightsAlone(t *testing.T) {
	m := whole()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, predict.Save(path, m))
	blank := kept()
	for _, p := range blank.Params() {
		clear(p.Value().Float32s())
	}
	require.NoError(t, nn.Load(path, blank.Params()))
	assert.Equal(t, m.Layer.Params()[0].Value().Float32s(), blank.Params()[0].Value().Float32s())

	require.NoError(t, nn.Save(path, m.Layer.Params()))
	_, err := predict.Load(path)
	assert.ErrorContains(t, err, "weights alone")
}

func TestRefusedFiles(t *testing.T) {
	good := file(t, whole())
	altered := bytes.Replace(good, []byte(`\"shift\":[0.1`), []byte(`\"shift\":[0.2`), 1)
	require.NotEqual(t, good, altered)
	_, err := predict.Read(bytes.NewReader(altered))
	assert.ErrorContains(t, err, "predict: Read: the file is altered")

	one := nn.NewLinear("s", 2, 1, nn.Zeros(), nil).WithoutBias()
	const linear = `"layer":{"type":"Linear","params":{"weight":"s/W"}}`
	for text, want := range map[string]string{
		`{"format":2,"precision":"float32"}`:                         "format 2, want 1 to 1; a later version",
		`{"precision":"float32"}`:                                    "format 0, want 1",
		`{"format":1,"precision":"float16"}`:                         `precision "float16", want float32 or float64`,
		`{"format":"1"}`:                                             "description of the model",
		`{"format":1,"precision":"float32"} {}`:                      "description of the model",
		`{"format":1,"precision":"float32","layer":{"type":"Conv"}}`: `layer of type "Conv"`,
		`{"format":1,"precision":"float32","layer":{"type":"Sequential","layers":[{"type":"Linear"}]}}`: `layer 0: a Linear has no weight`,
		`{"format":1,"precision":"float32","layer":{"type":"Conv2D","params":{"weight":"other"}}}`:      `the file has no tensor "other"`,
		`{"format":1,"precision":"float32","layer":{"type":"BatchNorm","params":{"mean":"s/W"}}}`:       "a BatchNorm has no variance",
		`{"format":1,"precision":"float32","layer":{"type":"Residual"}}`:                                "a Residual has 0 layers, want its body",

		`{"format":1,"precision":"float32","layer":{"type":"ReLU"},"shape":[2]}`:                                          `the file has a tensor "s/W", which no layer uses`,
		`{"format":1,"precision":"float32",` + linear + `,"shape":[3]}`:                                                   "s/W is for 2 features, but the input has 3",
		`{"format":1,"precision":"float32",` + linear + `,"shape":[-3]}`:                                                  "negative length",
		`{"format":1,"precision":"float32",` + linear + `,"shape":[2],"shift":[1],"scale":[0]}`:                           "scale 0",
		`{"format":1,"precision":"float32",` + linear + `,"shape":[2],"classes":["a","b","c"]}`:                           "3 names for 2 classes",
		`{"format":1,"precision":"float32",` + linear + `,"shape":[2],"classes":["a","b"]` + strings.Repeat(" ", 9) + `}`: "",
	} {
		var b bytes.Buffer
		require.NoError(t, safetensors.Write(&b, []safetensors.Tensor{{Name: "s/W", Value: one.Weight.Value()}}, map[string]string{"declive.model": text}))
		_, err := predict.Read(&b)
		if want == "" {
			assert.NoError(t, err, text)
			continue
		}
		assert.ErrorContains(t, err, want, text)
	}

	_, err = predict.New(predict.Model{Layer: nn.Sequential{nn.AvgPool2D{Size: 1, Window: autodiff.Window{Pad: 1 << 12}}, nn.GlobalPool{}}, Shape: []int{2, 3, 1}})
	assert.ErrorContains(t, err, "the layer makes a value of shape (1, ")
	assert.ErrorContains(t, err, "want at most 67108864 numbers of each")

	convs := nn.Sequential{nn.NewConv2D("c", 1, 64, 1, autodiff.Window{Pad: 1 << 28}, nn.Zeros(), nil), nn.GlobalPool{}}
	_, err = predict.New(predict.Model{Layer: convs, Shape: []int{2, 3, 1}})
	assert.ErrorContains(t, err, "more than 2³¹ elements")

	own := nn.Func(nn.ReLU{}.Forward)
	err = predict.Write(&bytes.Buffer{}, predict.Model{Layer: nn.Sequential{own}, Shape: []int{2}})
	assert.EqualError(t, err, "predict: Write: layer 0: a nn.Func has no description; save its parameters alone, with nn.Save")
}

// Weights of two bytes a number serve a model of float32.
func TestHalfPrecision(t *testing.T) {
	const header = `{"__metadata__":{"declive.model":"{\"format\":1,\"precision\":\"float32\",\"shape\":[2],\"regression\":true,` +
		`\"layer\":{\"type\":\"Linear\",\"params\":{\"weight\":\"s/W\"}}}"},"s/W":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}`
	b := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	m, err := predict.Read(bytes.NewReader(append(b, 0x80, 0x3f, 0x00, 0x40))) // 1 and 2
	require.NoError(t, err)
	got, err := predictor(t, m).Scores(nil, []float64{10, 100})
	require.NoError(t, err)
	assert.Equal(t, []float64{210}, got)
}

// Whatever a file says, it is a model or an error.
func FuzzRead(f *testing.F) {
	f.Add(file(f, whole()))
	f.Add(file(f, images()))
	f.Add(file(f, predict.Model{Layer: nn.NewLinear("s", 1, 1, nn.Zeros(), nil), Shape: []int{1}, Regression: true}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := predict.Read(bytes.NewReader(data)); err == nil {
			_, err := predict.New(m)
			require.NoError(t, err)
		}
	})
}

package predict_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/datasets"
	"declive/nn"
	"declive/predict"
)

const features, classes = 5, 3

// linear returns a layer with weights and biases that all differ.
func linear(out int) *nn.Linear {
	l := nn.NewLinear("scores", features, out, nn.Normal(1), rand.New(rand.NewPCG(1, 2)))
	for i := range l.Bias.Value().Float32s() {
		l.Bias.Value().Float32s()[i] = float32(i) - 0.5
	}
	return l
}

var transform = datasets.Transform{Shift: []float64{1, 2, 3, 4, 5}, Scale: []float64{0.5, 0.25, 2, 1, 3}}

func predictor(t testing.TB, m predict.Model) *predict.Predictor {
	p, err := predict.New(m)
	require.NoError(t, err)
	return p
}

// examples returns n rows of numbers that all differ.
func examples(n int) []float64 {
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	x := make([]float64, n*features)
	for i := range x {
		x[i] = rng.NormFloat64()
	}
	return x
}

// byHand returns s = W·(x − shift)·scale + b in plain loops.
func byHand(l *nn.Linear, x []float64) []float64 {
	w, b := l.Weight.Value().Float32s(), l.Bias.Value().Float32s()
	var scores []float64
	for ; len(x) > 0; x = x[features:] {
		for k := range b {
			s := float64(b[k])
			for j := range features {
				s += float64(w[k*features+j]) * (x[j] - transform.Shift[j]) * transform.Scale[j]
			}
			scores = append(scores, s)
		}
	}
	return scores
}

// float32 scores of five terms below 50 are right to 5·50·2⁻²⁴ < 2e-5.
const rounding = 2e-5

// Whatever the number of examples, and so the programs that they pass through.
func TestScores(t *testing.T) {
	l := linear(classes)
	p := predictor(t, predict.Model{Layer: l, Shape: []int{features}, Transform: transform})
	rapid.Check(t, func(t *rapid.T) {
		x := examples(rapid.IntRange(0, 700).Draw(t, "n"))
		got, err := p.Scores(nil, x)
		require.NoError(t, err)
		want := byHand(l, x)
		require.Len(t, got, len(want))
		for i := range want {
			require.InDelta(t, want[i], got[i], rounding, "score %d", i)
		}
	})
}

func TestFloat64(t *testing.T) {
	l := linear(classes)
	l.Weight.Convert(tensor.Float64)
	l.Bias.Convert(tensor.Float64)
	p := predictor(t, predict.Model{Layer: l, Shape: []int{features}})
	got, err := p.Scores(nil, []float64{1, 0, 0, 0, 1e-12})
	require.NoError(t, err)
	for k := range classes {
		w := l.Weight.Value().Float64s()[k*features:]
		assert.InDelta(t, w[0]+w[4]*1e-12+l.Bias.Value().Float64s()[k], got[k], 1e-15)
	}
}

func TestProbabilitiesAndClasses(t *testing.T) {
	p := predictor(t, predict.Model{Layer: nn.Flatten{}, Shape: []int{3}, Classes: []string{"cat", "dog", "emu"}})
	x := []float64{0, math.Log(2), math.Log(5), 90, 90, -90, 1000, 0, 0}
	got, err := p.Probabilities(nil, x)
	require.NoError(t, err)
	// A score below 2 is rounded to float32 by 2⁻²⁴, which moves no probability by more.
	assert.InDeltaSlice(t, []float64{1. / 8, 2. / 8, 5. / 8, 0.5, 0.5, 0, 1, 0, 0}, got, 1e-7)
	chosen, err := p.Classes(nil, x)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 0, 0}, chosen)
	assert.Equal(t, "emu", p.ClassName(2))
	assert.Equal(t, "3", p.ClassName(3))
}

// A single score is of the second of two classes.
func TestTwoClasses(t *testing.T) {
	p := predictor(t, predict.Model{Layer: nn.Flatten{}, Shape: []int{1}, Classes: []string{"ham", "spam"}})
	x := []float64{math.Log(3), 0, -800, 800}
	got, err := p.Probabilities(nil, x)
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{0.25, 0.75, 0.5, 0.5, 1, 0, 0, 1}, got, 1e-7)
	chosen, err := p.Classes(nil, x)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 0, 0, 1}, chosen)
}

func TestDataset(t *testing.T) {
	const n = 300 // a whole block and a part
	x := examples(n)
	d, err := datasets.New(x, features)
	require.NoError(t, err)
	p := predictor(t, predict.Model{Layer: linear(classes), Shape: []int{features}, Transform: transform})
	for name, of := range map[string]func() (any, any, error, error){
		"scores": func() (any, any, error, error) {
			a, errA := p.Scores(nil, x)
			b, errB := p.ScoresOf(d)
			return a, b, errA, errB
		},
		"probabilities": func() (any, any, error, error) {
			a, errA := p.Probabilities(nil, x)
			b, errB := p.ProbabilitiesOf(d)
			return a, b, errA, errB
		},
		"classes": func() (any, any, error, error) {
			a, errA := p.Classes(nil, x)
			b, errB := p.ClassesOf(d)
			return a, b, errA, errB
		},
	} {
		want, got, errA, errB := of()
		require.NoError(t, errA)
		require.NoError(t, errB)
		assert.Equal(t, want, got, name)
	}
	halved, err := d.With(datasets.Scale(0.5))
	require.NoError(t, err)
	for i := range x {
		x[i] /= 2
	}
	want, err := p.Scores(nil, x)
	require.NoError(t, err)
	for i := range x {
		x[i] *= 2
	}
	got, err := p.ScoresOf(halved)
	require.NoError(t, err)
	assert.Equal(t, want, got, "the data set's own transform comes first")
}

// Goroutines get the scores of their own examples, on as many programs as there
// are.
func TestGoroutines(t *testing.T) {
	l := linear(classes)
	p := predictor(t, predict.Model{Layer: l, Shape: []int{features}, Transform: transform})
	var done sync.WaitGroup
	for k := range 8 {
		done.Go(func() {
			var got []float64
			for i := range 200 {
				x := examples(1 + (k+i)%20)
				var err error
				got, err = p.Scores(got, x)
				if assert.NoError(t, err) && !assert.InDeltaSlice(t, byHand(l, x), got, rounding) {
					return
				}
			}
		})
	}
	done.Wait()
}

func TestNothingIsAllocated(t *testing.T) {
	p := predictor(t, predict.Model{Layer: linear(classes), Shape: []int{features}, Transform: transform})
	for _, n := range []int{1, 7, 300} {
		x := examples(n)
		var scores, probabilities []float64
		var chosen []int
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			scores, _ = p.Scores(scores, x)
			probabilities, _ = p.Probabilities(probabilities, x)
			chosen, _ = p.Classes(chosen, x)
		}), "%d examples", n)
		assert.Len(t, chosen, n)
	}
}

func TestRefusedExamples(t *testing.T) {
	p := predictor(t, predict.Model{Layer: linear(classes), Shape: []int{features}, Transform: transform,
		Features: []string{"a", "b", "c", "d", "e"}})
	x := examples(20)
	x[18*features+3] = math.NaN()
	_, err := p.Classes(nil, x)
	assert.EqualError(t, err, "predict: Classes: example 18: feature 3, d, is NaN, want a finite number")
	x[18*features+3] = 1e60
	_, err = p.Scores(nil, x)
	assert.EqualError(t, err, "predict: Scores: example 18: feature 3, d, is 1e+60, in the model's float32 and after its transform +Inf")
	_, err = p.Scores(nil, x[:7])
	assert.EqualError(t, err, "predict: Scores: 7 numbers are not a whole number of examples of 5 features")
	x[18*features+3] = 0
	_, err = p.Classes(nil, x)
	assert.NoError(t, err, "an error leaves the predictor as it was")

	d, err := datasets.New(make([]float64, 12), 2, 2)
	require.NoError(t, err)
	_, err = p.ScoresOf(d)
	assert.EqualError(t, err, "predict: ScoresOf: examples of shape (2, 2) have 4 features, want 5")

	logs := predictor(t, predict.Model{Layer: nn.Flatten{}, Shape: []int{2}, Regression: true})
	_, err = logs.Classes(nil, []float64{1, 2})
	assert.EqualError(t, err, "predict: Classes: the model is for regression and has no classes; use Scores")
}

func TestRefusedModels(t *testing.T) {
	mixed := linear(classes)
	mixed.Bias.Convert(tensor.Float64)
	norm := nn.NewBatchNorm("bn", features)
	norm.Mean.Convert(tensor.Float64)
	for want, m := range map[string]predict.Model{
		"the layer is nil":                            {Shape: []int{5}},
		"examples of shape (5, 0): no elements":       {Layer: linear(classes), Shape: []int{5, 0}},
		"more than 67108864 elements":                 {Layer: nn.Flatten{}, Shape: []int{1 << 27}},
		"the schema has 1 features, the examples 5":   {Layer: linear(classes), Shape: []int{5}, Schema: &datasets.Schema{Columns: []datasets.Column{{Role: datasets.RoleNumber}}}},
		"a transform of targets is for regression":    {Layer: linear(classes), Shape: []int{5}, Targets: datasets.Scale(2)},
		"transform of targets: datasets: Transform: ": {Layer: linear(classes), Shape: []int{5}, Targets: datasets.Scale(0), Regression: true},
		"2 names for 5 features":                      {Layer: linear(classes), Shape: []int{5}, Features: []string{"a", "b"}},
		"2 names for 3 classes":                       {Layer: linear(classes), Shape: []int{5}, Classes: []string{"a", "b"}},
		"a regression has no classes, but there are":  {Layer: linear(classes), Shape: []int{5}, Classes: []string{"a", "b", "c"}, Regression: true},
		"it has 2 shifts and 1 scales, want 1 or 5":   {Layer: linear(classes), Shape: []int{5}, Transform: datasets.Transform{Shift: []float64{1, 2}, Scale: []float64{1}}},
		"parameter scores/b is float64":               {Layer: mixed, Shape: []int{5}},
		"parameter bn/mean is float64":                {Layer: norm, Shape: []int{5}},
		"is for 5 features, but the input has 4":      {Layer: linear(classes), Shape: []int{4}},
		"scores of shape (1, 5, 2)":                   {Layer: nn.Sequential{}, Shape: []int{5, 2}},
	} {
		_, err := predict.New(m)
		assert.ErrorContains(t, err, want)
	}
}

func TestModelIsACopy(t *testing.T) {
	p := predictor(t, predict.Model{Layer: linear(2), Shape: []int{features}, Classes: []string{"a", "b"}, Transform: datasets.Scale(2)})
	m := p.Model()
	m.Shape[0], m.Classes[0], m.Transform.Scale[0] = 7, "z", 9
	assert.Equal(t, "a", p.ClassName(0))
	assert.Equal(t, []int{features}, p.Model().Shape)
	assert.Equal(t, []float64{2}, p.Model().Transform.Scale)

	names := []datasets.Column{{Name: "x", Role: datasets.RoleNumber}}
	p = predictor(t, predict.Model{Layer: nn.Flatten{}, Shape: []int{1}, Schema: &datasets.Schema{Columns: names}})
	names[0].Name, p.Model().Schema.Columns[0].Name = "y", "z"
	assert.Equal(t, "x", p.Model().Schema.Columns[0].Name)
}

// As many numbers in another order are no examples of the model.
func TestImagesInAnotherOrder(t *testing.T) {
	d, err := datasets.New(make([]float64, 2*3*4*5), 3, 4, 5)
	require.NoError(t, err)
	flat := nn.Sequential{nn.Flatten{}, nn.NewLinear("scores", 60, 2, nn.Zeros(), nil)}
	p := predictor(t, predict.Model{Layer: flat, Shape: []int{4, 5, 3}})
	_, err = p.ScoresOf(d)
	assert.ErrorContains(t, err, "predict: ScoresOf: examples of shape (3, 4, 5), the model is for (4, 5, 3): their numbers lie in another order")
	d, err = d.Interleaved()
	require.NoError(t, err)
	_, err = p.ScoresOf(d)
	assert.NoError(t, err)
	_, err = predictor(t, predict.Model{Layer: flat, Shape: []int{60}}).ScoresOf(d)
	assert.NoError(t, err, "a model of 60 numbers")
}

// One example of 784 pixels and 10 classes, alone and by all processors.
func BenchmarkClasses(b *testing.B) {
	l := nn.NewLinear("scores", 784, 10, nn.HeNormal(), rand.New(rand.NewPCG(1, 2)))
	p := predictor(b, predict.Model{Layer: l, Shape: []int{784}, Transform: datasets.Scale(1. / 255)})
	for _, n := range []int{1, 256} {
		x := make([]float64, n*784)
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			b.ReportAllocs()
			var classes []int
			for b.Loop() {
				classes, _ = p.Classes(classes, x)
			}
		})
	}
}

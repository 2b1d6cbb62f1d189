package main

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/examples/internal/command/commandtest"
	"declive/internal/kernel"
)

// plainLinear returns the loss of a linear model by loops over float64, as a
// function of its weights by input: w[i·k + j] leads from input i to output j.
func plainLinear(n, features, k int, penalty float64, example func(i int, scores []float64) float64) func(w []float64) float64 {
	return func(w []float64) float64 {
		loss := 0.0
		for i := range n {
			scores := make([]float64, k)
			for f := range features {
				for j := range scores {
					scores[j] += even(1, i*features+f) * w[f*k+j]
				}
			}
			loss += example(i, scores) / float64(n)
		}
		for _, v := range w {
			loss += penalty * v * v
		}
		return loss
	}
}

func plainHinge(i int, s []float64) float64 {
	y, loss := int(bits(2, i)%10), 0.0
	for j := range s {
		if j != y {
			loss += max(0, s[j]-s[y]+1)
		}
	}
	return loss
}

func plainEntropy(i int, s []float64) float64 {
	sum := 0.0
	for _, v := range s {
		sum += math.Exp(v)
	}
	return math.Log(sum) - s[bits(2, i)%10]
}

func plainLogistic(i int, s []float64) float64 {
	sign := 2*float64(bits(2, i)%2) - 1
	return math.Log(1 + math.Exp(-sign*s[0]))
}

func plainSquare(i int, s []float64) float64 { return (s[0] - even(2, i)) * (s[0] - even(2, i)) }

// plainMLP returns the loss of a network of one hidden layer by loops. Its
// weights are one slice: W1 by input, b1, W2 by input, b2.
func plainMLP(n, in, hidden, out int) func(w []float64) float64 {
	return func(w []float64) float64 {
		w1, b1 := w[:in*hidden], w[in*hidden:in*hidden+hidden]
		w2 := w[len(w1)+len(b1):]
		b2 := w2[hidden*out:]
		loss := 0.0
		for i := range n {
			s := slices.Clone(b2)
			for h := range hidden {
				a := b1[h]
				for f := range in {
					a += even(1, i*in+f) * w1[f*hidden+h]
				}
				for j := range s {
					s[j] += max(0, a) * w2[h*out+j]
				}
			}
			loss += plainEntropy(i, s) / float64(n)
		}
		return loss
	}
}

// descend returns the losses of the first and the second step, by central
// differences.
func descend(f func(w []float64) float64, w []float64, rate float64) (first, second float64) {
	const h = 1e-5
	first = f(w)
	next := slices.Clone(w)
	for i, v := range w {
		w[i] = v + h
		up := f(w)
		w[i] = v - h
		next[i] -= rate * (up - f(w)) / (2 * h)
		w[i] = v
	}
	return first, f(next)
}

// initial returns weights by input.
func initial(stream uint64, n int, scale float64) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = even(stream, i) * scale
	}
	return w
}

func plainWeights() []float64 { // of the perceptron below
	return slices.Concat(initial(10, 7*6, math.Sqrt(6.0/7)), make([]float64, 6), initial(11, 6*10, 1), make([]float64, 10))
}

func TestSteps(t *testing.T) {
	const rate = 1e-2
	for _, c := range []struct {
		name  string
		make  maker
		plain func(w []float64) float64
		w     []float64
	}{
		{"svm", linear(svm, 5, 7, 10, 0.01), plainLinear(5, 7, 10, 1e-3, plainHinge), initial(10, 70, 0.01)},
		{"softmax", linear(softmax, 5, 7, 10, 0.01), plainLinear(5, 7, 10, 1e-3, plainEntropy), initial(10, 70, 0.01)},
		{"logistic", logistic(5, 7), plainLinear(5, 7, 1, 0, plainLogistic), initial(10, 7, 0.01)},
		{"linear-mse", leastSquares(5, 7), plainLinear(5, 7, 1, 0, plainSquare), initial(10, 7, 0.01)},
		{"mlp", mlp(5, 7, 6, 10), plainMLP(5, 7, 6, 10), plainWeights()},
	} {
		first, second := descend(c.plain, c.w, rate)
		for dt, tolerance := range map[tensor.Dtype]float64{
			tensor.Float64: 1e-9, // of the differences: h²·f‴ and ε·f/h, times rate·|gradient|
			tensor.Float32: 1e-5, // 80 operations of relative error 6e-8
		} {
			for _, v := range steps(c.make, rate, 2, 1) {
				name := c.name + " " + v.name + " " + dt.String()
				j, err := v.load(dt)
				require.NoError(t, err, name)
				for range 2 { // the second time from the weights that the first left
					gotFirst, gotSecond, err := j.losses()
					require.NoError(t, err, name)
					assert.InDelta(t, first, gotFirst, tolerance, name)
					assert.InDelta(t, second, *gotSecond, tolerance, name)
				}
			}
		}
	}
}

// v·Hv is the second derivative of the loss along v.
func TestHessianVector(t *testing.T) {
	f, w := plainMLP(5, 7, 6, 10), plainWeights()
	v := slices.Concat(initial(20, 42, 1), initial(21, 6, 1), initial(22, 60, 1), initial(23, 10, 1))
	const h = 1e-4
	along := func(s float64) float64 {
		x := slices.Clone(w)
		for i := range x {
			x[i] += s * v[i]
		}
		return f(x)
	}
	want := (along(h) - 2*along(0) + along(-h)) / (h * h)
	j, err := hessianVector(mlp(5, 7, 6, 10))(tensor.Float64)
	require.NoError(t, err)
	first, got, err := j.losses()
	require.NoError(t, err)
	assert.InDelta(t, along(0), first, 1e-12)
	assert.InEpsilon(t, want, *got, 1e-5) // h²·f⁗/12 and 4ε·f/h², relative
}

func TestRandomSearch(t *testing.T) {
	j, err := randomSearch(30)(tensor.Float32)
	require.NoError(t, err)
	w := make([]float64, 3073*10)
	for i := range w {
		w[i] = 1e-4 * math.Sqrt(-2*math.Log(1-unit(10, 2*i))) * math.Cos(2*math.Pi*unit(10, 2*i+1))
	}
	first, best, err := j.losses()
	require.NoError(t, err)
	assert.InDelta(t, plainLinear(30, 3073, 10, 0, plainHinge)(w), first, 1e-5)
	assert.Nil(t, best, "nothing was drawn yet")
	require.NoError(t, j.step())
	_, best, err = j.losses()
	require.NoError(t, err)
	assert.Less(t, *best, 9.0, "the best of 100 is below the mean")
}

// Every case runs, in the precisions that it has, and prints finite losses.
func TestCases(t *testing.T) {
	all := allCases(4, 24)
	var out bytes.Buffer
	s, err := parse([]string{"-check-only"}, all, nil)
	require.NoError(t, err)
	require.NoError(t, s.runCases(all, &out))
	lines := json.NewDecoder(&out)
	for _, c := range all {
		for range c.dtypes {
			for _, v := range c.variants {
				var r record
				require.NoError(t, lines.Decode(&r), c.name)
				assert.Equal(t, []string{c.name, v.name}, []string{r.Case, r.Variant})
				assert.Nil(t, r.Timing)
				assert.Positive(t, r.LossFirst, c.name)
			}
		}
	}
	assert.False(t, lines.More())
}

func TestTiming(t *testing.T) {
	all := allCases(8, 24)
	var out bytes.Buffer
	s, err := parse([]string{"-case", "tiny-step", "-dtype", "f64", "-repeat", "2"}, all, nil)
	require.NoError(t, err)
	require.NoError(t, s.runCases(all, &out))
	var r record
	require.NoError(t, json.NewDecoder(&out).Decode(&r))
	require.NotNil(t, r.Timing)
	assert.Equal(t, 2, r.Samples)
	assert.Positive(t, r.Min)
	assert.LessOrEqual(t, r.Min, r.Median)
	assert.Equal(t, kernel.InUse().String(), r.ISA)
}

func TestRefusedArguments(t *testing.T) {
	for want, args := range map[string][]string{
		`"nothing" is none of svm-step, `:             {"-case", "svm-step,nothing"},
		`"fast" is none of program, `:                 {"-variant", "fast"},
		`-dtype is "f16", want f32, f64 or both`:      {"-dtype", "f16"},
		"-threads is 0, want at least 1":              {"-threads", "0"},
		"-repeat is -1, want a number of samples":     {"-repeat", "-1"},
		"-repeat has no meaning with -check-only":     {"-check-only", "-repeat", "2"},
		"-ratios goes with no other flag":             {"-ratios", "-threads", "2", "x"},
		"-ratios needs the names of files to read":    {"-ratios"},
		`unexpected argument "svm"; -h lists the fla`: {"-check-only", "svm"},
	} {
		commandtest.Refused(t, run(args, &bytes.Buffer{}), want)
	}
	err := run([]string{"-check-only", "-case", "hvp", "-variant", "program"}, &bytes.Buffer{})
	assert.ErrorContains(t, err, "no case asked for has the variants")
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	err := run([]string{"-h"}, &help)
	commandtest.Help(t, "bench", err, help.String())
}

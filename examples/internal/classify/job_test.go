package classify

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/nn"
)

// newJob returns a job for a linear model, with streams to buffers and a folder
// of its own. Unless the arguments name data, that is the table of writeTable,
// which is quicker than digits.
func newJob(t *testing.T, args ...string) (j *Job, stdout, stderr *bytes.Buffer) {
	t.Helper()
	if !slices.Contains(args, "-examples") && !slices.Contains(args, "-data") {
		args = append(args, "-data", "csv", "-file", writeTable(t), "-label", "kind")
	}
	s := parsed(t, append(args, "-out", filepath.Join(t.TempDir(), "a", "b"))...)
	rng := seeded(s.Seed)
	set, err := Load(&s, rng)
	require.NoError(t, err)
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	model := nn.NewLinear("scores", set.Train.Features(), set.Outputs(s), nn.Normal(1e-2), rng)
	return &Job{Settings: s, Set: set, Model: model, Rand: rng, Stdout: stdout, Stderr: stderr}, stdout, stderr
}

func summary(t *testing.T, stdout *bytes.Buffer) Summary {
	t.Helper()
	var s Summary
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &s), "%s", stdout)
	return s
}

// left returns what stands in the folder of a job, by name.
func left(t *testing.T, j *Job) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(j.Out)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(j.Out, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(content)
	}
	return files
}

// assertWhole proves that a job that classifies a table has left its files, whole,
// and no other. The weights are those of its
// model.
func assertWhole(t *testing.T, j *Job) {
	t.Helper()
	want := []string{"confusion.png", "loss.png", "templates.png", "weights.safetensors"}
	if j.Schema != nil {
		want = append(want, "schema.json")
	}
	got := left(t, j)
	if _, wrong := got["mistakes.png"]; wrong { // of images
		want = append(want, "mistakes.png")
	}
	assert.ElementsMatch(t, want, slices.Collect(maps.Keys(got)))
	for _, name := range want {
		if filepath.Ext(name) == ".png" {
			picture(t, filepath.Join(j.Out, name))
		}
	}
	saved := nn.NewLinear("scores", j.Train.Features(), j.Outputs(j.Settings), nn.Zeros(), nil)
	require.NoError(t, nn.Load(filepath.Join(j.Out, "weights.safetensors"), saved.Params()))
	for i, p := range j.Model.Params() {
		assert.Equal(t, p.Value().Float32s(), saved.Params()[i].Value().Float32s(), p.Name())
	}
}

// accuracy counts with plain loops how often the largest score is the label's.
func accuracy(t *testing.T, model *nn.Linear, set *Set) float64 {
	t.Helper()
	x, w, b := features(t, set.Test), model.Weight.Value().Float32s(), model.Bias.Value().Float32s()
	n, right := set.Test.Features(), 0
	for i, label := range table(set.Test).Labels() {
		best, largest := -1, 0.0
		for c := range b {
			score := float64(b[c])
			for k := range n {
				score += float64(w[c*n+k]) * float64(x[i*n+k])
			}
			if best < 0 || score > largest {
				best, largest = c, score
			}
		}
		if best == label {
			right++
		}
	}
	return float64(right) / float64(set.Test.Len())
}

func TestRun(t *testing.T) {
	j, stdout, stderr := newJob(t, "-examples", "60", "-loss", "svm", "-seed", "4", "-json")
	require.NoError(t, j.Run(context.Background()))
	s := summary(t, stdout)
	assert.Equal(t, 1, strings.Count(stdout.String(), "\n"))
	assert.Equal(t, accuracy(t, j.Model.(*nn.Linear), j.Set), s.TestAccuracy)
	assert.Greater(t, s.TrainAccuracy, 0.3) // chance is 0.1
	assert.Positive(t, s.TestLoss)
	assert.Positive(t, s.Seconds)
	s.TrainAccuracy, s.TestAccuracy, s.TrainLoss, s.TestLoss, s.Seconds = 0, 0, 0, 0, 0
	assert.Equal(t, Summary{Data: "digits", Loss: "svm", Examples: 50, Gradcheck: "ok", Epochs: 3, Seed: 4, Accuracies: new(Accuracies)}, s)
	for _, text := range []string{
		"digits: 50 examples to train on, 10 to test with, 784 features, 10 classes\n",
		"scores/W  (10, 784)  7840\n",
		"3 epochs, seed 4\n",
		"gradient check: ok, 1010 derivatives on 4 examples",
		"wrote " + filepath.Join(j.Out, "weights.safetensors") + ", " + filepath.Join(j.Out, "loss.png"),
	} {
		assert.Contains(t, stderr.String(), text)
	}
	assertWhole(t, j)
}

// The logistic loss has one score for two classes, told apart by its sign.
func TestRunLogistic(t *testing.T) {
	j, stdout, stderr := newJob(t, "-loss", "logistic", "-epochs", "40", "-rate", "2")
	require.NoError(t, j.Run(context.Background()))
	assert.Contains(t, stdout.String(), "gradient check: ok, 2 derivatives on 4 examples")
	assert.Contains(t, stdout.String(), "train: accuracy 100.00 %")
	assert.NotContains(t, stdout.String(), "{") // no JSON
	assert.NotContains(t, stderr.String(), "accuracy")
	assertWhole(t, j)
}

func TestRunOnFewExamples(t *testing.T) {
	table := writeFile(t, "few.csv", "0,a\n1,b\n2,a\n")
	j, stdout, _ := newJob(t, "-data", "csv", "-file", table)
	require.NoError(t, j.Run(context.Background()))
	assert.Contains(t, stdout.String(), "gradient check: ok, 4 derivatives on 2 examples")
}

func TestNoFolderNoTraining(t *testing.T) {
	j, stdout, _ := newJob(t)
	j.Out = filepath.Join(writeFile(t, "file", ""), "out")
	assert.ErrorContains(t, j.Run(context.Background()), "-out: mkdir "+filepath.Dir(j.Out)+": not a directory")
	assert.Empty(t, stdout.String())
}

// A seed gives the same bits, in the summary and in all files.
func TestSeedDecidesTheResult(t *testing.T) {
	result := func(seed string) (Summary, map[string]string) {
		j, stdout, _ := newJob(t, "-seed", seed, "-json")
		require.NoError(t, j.Run(context.Background()))
		s := summary(t, stdout)
		s.Seconds = 0
		return s, left(t, j)
	}
	first, files := result("1")
	again, filesAgain := result("1")
	other, filesOfOther := result("2")
	assert.Equal(t, first, again)
	assert.True(t, maps.Equal(files, filesAgain))
	assert.NotEqual(t, first.TestLoss, other.TestLoss)
	assert.NotEqual(t, files["weights.safetensors"], filesOfOther["weights.safetensors"])
}

// interrupter is a progress line that ends the context when it is written to.
type interrupter struct {
	io.Writer
	cancel context.CancelFunc
}

func (i interrupter) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("examples/s")) {
		i.cancel()
	}
	return i.Writer.Write(line)
}

// An interrupt in the first epoch leaves the model of the first step.
func TestInterruptedTraining(t *testing.T) {
	j, stdout, stderr := newJob(t, "-batch", "2", "-json")
	before := append([]float32(nil), j.Model.Weights()[0].Value().Float32s()...)
	ctx, cancel := context.WithCancel(context.Background())
	j.Stderr = interrupter{stderr, cancel}
	assert.ErrorIs(t, j.Run(ctx), context.Canceled)
	s := summary(t, stdout)
	assert.Equal(t, "ok", s.Gradcheck)
	assert.Zero(t, s.Epochs)
	assert.Equal(t, accuracy(t, j.Model.(*nn.Linear), j.Set), s.TestAccuracy)
	assert.NotEqual(t, before, j.Model.Weights()[0].Value().Float32s())
	assertWhole(t, j)
}

func TestInterruptedBeforeTraining(t *testing.T) {
	j, stdout, _ := newJob(t, "-json")
	before := append([]float32(nil), j.Model.Weights()[0].Value().Float32s()...)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	assert.ErrorIs(t, j.Run(ctx), context.Canceled)
	s := summary(t, stdout)
	assert.Contains(t, s.Gradcheck, "context canceled")
	assert.Zero(t, s.Epochs)
	assert.Equal(t, before, j.Model.Weights()[0].Value().Float32s())
	assertWhole(t, j)
}

// broken is a full disk or a closed pipe.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// A result that cannot be printed is an error, and is saved all the same.
func TestBrokenOutput(t *testing.T) {
	for _, args := range [][]string{nil, {"-json"}} {
		j, _, _ := newJob(t, args...)
		j.Stdout = broken{}
		assert.ErrorIs(t, j.Run(context.Background()), io.ErrClosedPipe)
		assertWhole(t, j)
	}
}

// Where the pictures have no room the weights are kept all the same, and are
// there before them; what there is, is said.
func TestWeightsBeforePictures(t *testing.T) {
	for range 2 {
		j, stdout, _ := newJob(t)
		for _, name := range []string{"confusion.png", "loss.png", "templates.png"} {
			require.NoError(t, os.MkdirAll(filepath.Join(j.Out, name), 0o777)) // no file can have this name
		}
		err := j.Run(context.Background())
		assert.ErrorContains(t, err, "picture "+filepath.Join(j.Out, "loss.png")+": ")
		assert.ErrorContains(t, err, "picture "+filepath.Join(j.Out, "templates.png")+": ")
		weights := filepath.Join(j.Out, "weights.safetensors")
		assert.Contains(t, stdout.String(), "wrote "+weights+", "+filepath.Join(j.Out, "schema.json")+"\n")
		require.NoError(t, nn.Load(weights, j.Model.Params()))
	}
}

// crooked is a layer half of whose gradient is lost.
type crooked struct{ *nn.Linear }

func (c crooked) Forward(x *autodiff.Node) *autodiff.Node {
	half := c.Linear.Forward(x).MulScalar(0.5)
	return half.Add(half.StopGradient())
}

func TestWrongGradientIsReported(t *testing.T) {
	j, stdout, _ := newJob(t, "-json")
	j.Model = crooked{j.Model.(*nn.Linear)}
	err := j.Run(context.Background())
	assert.ErrorContains(t, err, "scores/W")
	s := summary(t, stdout)
	assert.Equal(t, err.Error(), s.Gradcheck)
	assert.Equal(t, 3, s.Epochs)
	assertWhole(t, j)
}

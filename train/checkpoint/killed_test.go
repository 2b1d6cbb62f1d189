package checkpoint_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/optim"
	"declive/train/checkpoint"
)

var whole = flag.Bool("whole", false, "kill the training 200 times; else 20")

// trainingVariable makes the test binary a process that trains by the rule, and
// in the folder, of its value, rule:folder.
const trainingVariable = "CHECKPOINT_TRAINING"

func TestMain(m *testing.M) {
	rule, dir, ok := strings.Cut(os.Getenv(trainingVariable), ":")
	if !ok {
		os.Exit(m.Run())
	}
	bits, err := train(context.Background(), rules[rule], dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Print(bits)
}

// rules are trained with, the last one with a lookahead that averages the statistic,
// too, and a plateau.
var rules = map[string]optim.Rule{
	"SGD":      optim.SGD{LearningRate: 0.05},
	"momentum": optim.Scheduled(optim.Momentum{LearningRate: 0.05, Momentum: 0.9}, optim.Cosine(400, 0.1)),
	"Muon":     optim.Muon{LearningRate: 0.01, Iterations: 3},
	"Adam":     optim.DecoupledWeightDecay(optim.Adam{LearningRate: 0.01}, 0.01),
	"Nesterov": optim.Nesterov{LearningRate: 0.05, OfGradients: true},
}

// A model subtracts a mean from its input before a linear layer: the batch's while
// it learns, which it averages, and the average when it is judged.
type model struct{ w, mean *autodiff.Param }

func (m model) loss(x, y *autodiff.Node) *autodiff.Node {
	g := x.Graph()
	mean := g.Param(m.mean)
	if g.Training() {
		mean = x.Mean(0)
		g.Assign(m.mean, g.Param(m.mean).MulScalar(0.9).Add(mean.MulScalar(0.1)))
	}
	scores := x.Sub(mean).MatMul(g.Param(m.w))
	noise := g.Given("step").Sin().MulScalar(0.01) // of a generator that counts steps
	return scores.LogSoftmax(1).Pick(y).Mean().Neg().Add(noise.Mul(scores.Mean()))
}

// A set is drawn from a generator, and each epoch's order from another.
type set struct {
	x      []float32
	labels []int
}

const features, classes = 5, 3

func newSet(rng *rand.Rand, n int) set {
	var s set
	for range n {
		c := rng.IntN(classes)
		s.labels = append(s.labels, c)
		for j := range features {
			s.x = append(s.x, float32(rng.NormFloat64()+float64(c*j)/4))
		}
	}
	return s
}

func (s set) Len() int { return len(s.labels) }

func (s set) Minibatches(size int, rng *rand.Rand) iter.Seq[autodiff.Batch] {
	return func(yield func(autodiff.Batch) bool) {
		order := rng.Perm(s.Len())
		for from := 0; from < len(order); from += size {
			if !yield(s.batch(order[from:min(from+size, len(order))])) {
				return
			}
		}
	}
}

func (s set) batch(rows []int) autodiff.Batch {
	var x []float32
	var y []int
	for _, i := range rows {
		x, y = append(x, s.x[i*features:(i+1)*features]...), append(y, s.labels[i])
	}
	return autodiff.Batch{X: tensor.New(tensor.WithShape(len(y), features), tensor.WithBacking(x)), Y: tensor.New(tensor.WithShape(len(y)), tensor.WithBacking(y))}
}

// train trains, in a folder unless that is "", and returns all that it comes to.
func train(ctx context.Context, rule optim.Rule, dir string) (string, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	data := newSet(rng, 41)
	w := make([]float32, features*classes)
	for i := range w {
		w[i] = float32(rng.NormFloat64())
	}
	m := model{
		w:    autodiff.NewParam("w", tensor.New(tensor.WithShape(features, classes), tensor.WithBacking(w))),
		mean: autodiff.NewParam("mean", tensor.New(tensor.WithShape(features), tensor.WithBacking(make([]float32, features)))),
	}
	var options []optim.Option
	var plateau optim.Plateau
	if rule == rules["Nesterov"] {
		options = append(options, optim.WithLookahead(5, func(step int) float64 { return float64(step) / 1000 }))
		plateau = optim.Plateau{Patience: 2, Factor: 0.5}
	}
	t, err := optim.NewTrainer(m.loss, []*autodiff.Param{m.w}, rule, options...)
	if err != nil {
		return "", err
	}
	validation := func(yield func(autodiff.Batch) bool) { yield(data.batch([]int{3, 1, 4, 15, 9, 2, 6})) }
	plan := optim.Plan{Epochs: 40, BatchSize: 4, Rand: rng, Validation: validation, Patience: 39, Plateau: plateau}
	if dir != "" {
		if plan.Saver, err = checkpoint.In(dir, checkpoint.Settings{Steps: 3, Keep: 2}); err != nil {
			return "", err
		}
	}
	epochs, err := t.Fit(ctx, data, plan)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for _, e := range epochs {
		fmt.Fprintln(&b, e.Number, e.Steps, e.Examples, e.Loss, e.Validation.Loss)
	}
	fmt.Fprintf(&b, "%b %b %d\n", m.w.Value().Float32s(), m.mean.Value().Float32s(), t.Steps())
	return b.String(), nil
}

// TestKilled kills processes that train, at random instants, and starts them again
// until each training is done: it comes to the bits of one that nobody killed.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "windows" {
		t.Skip("there are no processes here, or none that die by a signal")
	}
	kills := 20
	if *whole {
		kills = 200
	}
	binary, err := os.Executable()
	require.NoError(t, err)
	for name, rule := range rules {
		want, err := train(t.Context(), rule, "")
		require.NoError(t, err)
		rng := rand.New(rand.NewPCG(3, 4))
		for killed := 0; killed < kills; {
			dir := t.TempDir()
			for done := false; !done; {
				var out bytes.Buffer
				p := exec.Command(binary)
				p.Env = append(os.Environ(), trainingVariable+"="+name+":"+dir)
				p.Stdout = &out
				require.NoError(t, p.Start())
				if killed < kills {
					go kill(p, dir, time.Duration(rng.IntN(60))*time.Millisecond)
				}
				err := p.Wait()
				if p.ProcessState.ExitCode() < 0 {
					killed++
					continue
				}
				require.NoError(t, err, "%s: %s", name, out.String())
				require.Equal(t, want, out.String(), "%s after %d kills", name, killed)
				done = true
			}
		}
	}
}

// kill ends a process so long after it has begun to train.
func kill(p *exec.Cmd, dir string, after time.Duration) {
	was := newest(dir)
	for start := time.Now(); newest(dir) == was && time.Since(start) < 10*time.Second; {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(after)
	_ = p.Process.Kill() // it may be done by then
}

// newest returns the name of the last file in a folder.
func newest(dir string) string {
	names, err := filepath.Glob(filepath.Join(dir, "step-*"))
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

// TestTrainingDiffers makes sure that what TestKilled compares can differ.
func TestTrainingDiffers(t *testing.T) {
	a, err := train(t.Context(), rules["SGD"], "")
	require.NoError(t, err)
	b, err := train(t.Context(), rules["Adam"], "")
	require.NoError(t, err)
	assert.NotEqual(t, a, b)
}

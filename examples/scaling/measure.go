package main

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"declive/autodiff"
	"declive/datasets"
	"declive/dist"
	"declive/examples/internal/ranks"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A measurement is of steps on batches of so many examples, of all ranks together.
type measurement struct {
	name    string
	batch   int
	seconds float64
}

// cases are the models, by name, with the number of features.
var cases = map[string]func(rng *rand.Rand) (nn.Layer, int){
	"linear": func(rng *rand.Rand) (nn.Layer, int) { return nn.NewLinear("s", 3072, 10, nn.HeNormal(), rng), 3072 },
	"mlp": func(rng *rand.Rand) (nn.Layer, int) {
		return nn.NewMLP("mlp", []int{3072, 512, 256, 10}, nn.ReLU{}, nn.HeNormal(), rng), 3072
	},
	"conv": func(rng *rand.Rand) (nn.Layer, int) {
		pool := nn.MaxPool2D{Size: 2, Window: autodiff.Window{Stride: 2}}
		layer := func(name string, in, out int) *nn.Conv2D {
			return nn.NewConv2D(name, in, out, 3, autodiff.Window{Pad: 1}, nn.HeNormal(), rng)
		}
		return nn.Sequential{
			images{}, layer("c1", 3, 64), nn.ReLU{}, pool, layer("c2", 64, 128), nn.ReLU{}, pool, layer("c3", 128, 128), nn.ReLU{}, pool,
			nn.Flatten{}, nn.NewLinear("s", 128*4*4, 10, nn.HeNormal(), rng),
		}, 3072
	},
}

// images makes rows of 3072 numbers images of 32 × 32 with three channels.
type images struct{}

func (images) Forward(x *autodiff.Node) *autodiff.Node {
	return x.Reshape(x.Shape()[0], 32, 32, 3)
}
func (images) Params() []*autodiff.Param { return nil }

func caseNames() []string { return slices.Sorted(maps.Keys(cases)) }

// A result is the line that a measurement writes.
type result struct {
	Case   string  `json:"case"`
	Ranks  int     `json:"ranks"`
	Cores  int     `json:"cores"` // of each
	Batch  int     `json:"batch"`
	Steps  int     `json:"steps"`
	Least  float64 `json:"least_ms"`
	Median float64 `json:"median_ms"`
}

// run takes steps through minibatches of a data set, gathering included.
func (m measurement) run(ctx context.Context, c dist.Comm, w io.Writer) error {
	rng := rand.New(rand.NewPCG(1, 2))
	model, features := cases[m.name](rng)
	data, err := examples(rng, m.batch*max(4, 4096/m.batch), features)
	if err != nil {
		return err
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(model.Forward(x), y) }
	t, err := optim.NewTrainer(loss, model.Params(), optim.SGD{LearningRate: 1e-4}, ranks.Options(c)...)
	if err != nil {
		return err
	}
	rank, n := 0, 1
	if c != nil {
		rank, n = c.Rank(), c.Size()
	}
	batches := data.MinibatchesPart(m.batch, rng, rank, n)
	var times []float64
	for begun := time.Now(); ; {
		last := time.Now()
		for b := range batches {
			if _, err := t.Step(b); err != nil {
				return err
			}
			times = append(times, 1e3*time.Since(last).Seconds())
			last = time.Now()
		}
		if over, err := decided(ctx, c, time.Since(begun).Seconds() > m.seconds); over || err != nil {
			if err != nil {
				return err
			}
			break
		}
	}
	if rank > 0 {
		return nil
	}
	times = times[min(5, len(times)-1):] // of warming up
	slices.Sort(times)
	return json.NewEncoder(w).Encode(result{m.name, n, runtime.GOMAXPROCS(0), m.batch, len(times), times[0], times[len(times)/2]})
}

// examples makes a data set of random images in ten classes.
func examples(rng *rand.Rand, n, features int) (*datasets.Dataset, error) {
	values, labels := make([]float32, n*features), make([]int, n)
	for i := range values {
		values[i] = rng.Float32() - 0.5
	}
	for i := range labels {
		labels[i] = rng.IntN(10)
	}
	d, err := datasets.New(values, features)
	if err != nil {
		return nil, err
	}
	return d.WithLabels(labels)
}

// decided gives all ranks what rank 0 decides.
func decided(ctx context.Context, c dist.Comm, yes bool) (bool, error) {
	if c == nil {
		return yes, nil
	}
	word := []byte{0}
	if yes {
		word[0] = 1
	}
	err := c.Broadcast(ctx, word, 0)
	return word[0] == 1, err
}

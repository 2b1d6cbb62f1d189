package datasets_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A keeper keeps one state, and stops the training after some steps.
type keeper struct {
	state *optim.State
	after int
	stop  context.CancelFunc
}

func (k *keeper) Latest() (*optim.State, error) { return k.state, nil }

func (k *keeper) Due(steps int) bool {
	if steps == k.after {
		k.stop()
	}
	return false
}

func (k *keeper) Save(s *optim.State) error {
	copied := *s
	copied.Values = nil
	for _, v := range s.Values {
		copied.Values = append(copied.Values, autodiff.Named{Name: v.Name, Value: v.Value.Clone().(*tensor.Dense)})
	}
	k.state = &copied
	return nil
}

// A training that was stopped at any step, and goes on with a data set made anew, ends
// with the bits of one that was not: the pictures of an epoch, and what is drawn,
// depend on its number.
func TestTrainingGoesOnWithTheSamePictures(t *testing.T) {
	a := datasets.Augmentation{Seed: 4, Flip: datasets.AlternatingFlip, Translate: 2, Cutout: 2, Brightness: 0.1, Contrast: 0.1}
	for name, data := range map[string]func() *datasets.Dataset{
		"shuffled": func() *datasets.Dataset { return augmented(t, photographs[uint8](t), a) },
		"whole":    func() *datasets.Dataset { return augmented(t, photographs[uint8](t), a).WholeBatches() },
		"balanced": func() *datasets.Dataset { return must(t)(augmented(t, photographs[uint8](t), a).ClassBalanced()) },
		"with a mask": func() *datasets.Dataset {
			return must(t)(augmented(t, photographs[uint8](t), a).WithInput("mask", augmented(t, photographs[float32](t), a)))
		},
	} {
		fit := func(k *keeper) []float32 {
			layer := nn.NewLinear("scores", 40, 6, nn.HeNormal(), seeded(1))
			trainer, err := optim.NewTrainer(func(x, y *autodiff.Node) *autodiff.Node {
				return losses.SoftmaxCrossEntropy(layer.Forward(x.MulScalar(0.01)), y)
			}, layer.Params(), optim.Momentum{LearningRate: 0.1})
			require.NoError(t, err)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			k.stop = stop
			_, err = trainer.Fit(ctx, data(), optim.Plan{Epochs: 3, BatchSize: 4, Rand: seeded(2), Saver: k})
			if k.after == 0 {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, context.Canceled)
			}
			return append([]float32(nil), layer.Weight.Value().Float32s()...)
		}
		want := fit(&keeper{})
		for after := 1; after < 5; after++ { // of six steps, or of three
			if name == "whole" && after > 2 {
				break
			}
			k := &keeper{after: after}
			assert.NotEqual(t, want, fit(k), name)
			k.after = 0
			assert.Equal(t, want, fit(k), "%s, stopped after step %d", name, after)
		}
	}
}

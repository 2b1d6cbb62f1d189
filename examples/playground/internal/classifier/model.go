package classifier

import (
	"fmt"
	"math/rand/v2"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A target is a loss with what it asks of the data and the model.
type target struct {
	outputs int
	labels  bool // not signs
	loss    autodiff.LossFunc
}

// targets are the losses of the lecture by name.
var targets = map[string]target{
	"squared":  {1, false, losses.Squared},
	"hinge":    {1, false, losses.Hinge},
	"logistic": {1, false, losses.Logistic},
	"softmax":  {2, true, losses.SoftmaxCrossEntropy},
}

// answer returns the score f of the points: above 0 for class 1.
func (t target) answer(scores *autodiff.Node) *autodiff.Node {
	if t.outputs == 1 {
		return scores
	}
	return scores.Slice(1, 1, 2).Sub(scores.Slice(1, 0, 1))
}

// newModel returns the network that the settings describe: linear without hidden
// layers.
func newModel(s Settings, outputs int, rng *rand.Rand) (nn.Sequential, error) {
	var activation nn.Layer
	switch s.Activation {
	case "tanh":
		activation = nn.Tanh{}
	case "relu":
		activation = nn.ReLU{}
	default:
		return nil, fmt.Errorf("classifier: %q is none of the activations relu, tanh", s.Activation)
	}
	widths := []int{2}
	for range s.Layers {
		widths = append(widths, s.Units)
	}
	model := nn.NewMLP("model", append(widths, outputs), activation, nn.HeNormal(), rng)
	for _, p := range model.Params() {
		p.Convert(tensor.Float64)
	}
	return model, nil
}

// newRule returns an update rule whose rate is that of the settings at the time.
func newRule(s *Settings) (optim.Rule, error) {
	rules := map[string]optim.Rule{
		"sgd":      optim.SGD{LearningRate: 1},
		"momentum": optim.Momentum{LearningRate: 1},
		"adam":     optim.Adam{LearningRate: 1},
	}
	rule, ok := rules[s.Rule]
	if !ok {
		return nil, fmt.Errorf("classifier: %q is none of the rules adam, momentum, sgd", s.Rule)
	}
	return optim.Scheduled(rule, func(int) float64 { return s.Rate }), nil
}

package classifier

import (
	"context"
	"fmt"
	"math/rand/v2"

	"declive/autodiff"
	"declive/datasets"
	"declive/examples/lecture/internal/lesson"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// A job is one way to train the classifier.
type job struct {
	name   string
	loss   func(s, y *autodiff.Node) *autodiff.Node
	lambda float64 // of the L2 penalty
	rate   float64 // of the first step
	batch  int     // 0 for all
	epochs int
}

// steps returns how many steps the job takes.
func (j job) steps(examples int) int {
	if j.batch == 0 {
		return j.epochs
	}
	return j.epochs * ((examples + j.batch - 1) / j.batch)
}

// jobs returns the ways that the lecture compares, with settings found by a few
// tries: those of examples/linear, and gradient descent with ten times as many
// passages.
func jobs(s *lesson.Setting) []job {
	if s.Real {
		return []job{
			{"softmax, SGD", losses.SoftmaxCrossEntropy, 1e-3, 0.01, 64, 10},
			{"SVM, SGD", losses.MulticlassHinge, 1e-3, 0.001, 64, 10},
			{"softmax, gradient descent", losses.SoftmaxCrossEntropy, 1e-3, 0.02, 0, 100},
		}
	}
	epochs := s.Count(3, 20, 0)
	return []job{
		{"softmax, SGD", losses.SoftmaxCrossEntropy, 1e-4, 0.5, 64, epochs},
		{"SVM, SGD", losses.MulticlassHinge, 1e-4, 0.05, 64, epochs},
		{"softmax, gradient descent", losses.SoftmaxCrossEntropy, 1e-4, 2, 0, 10 * epochs},
	}
}

// A result is what a job comes to.
type result struct {
	job
	model       *nn.Linear
	epochs      []optim.Epoch
	train, test optim.Evaluation
	seconds     float64 // of training, with the evaluation after every epoch
}

// A split is the data as the model sees it.
type split struct{ train, test *datasets.Dataset }

// prepare standardises photographs and centres digits, whose margins do not vary.
func prepare(s *lesson.Setting) (d split, err error) {
	transforms := []datasets.Transform{datasets.SubtractMean(s.Train), datasets.Scale(1.0 / 255)}
	if s.Real {
		transforms = []datasets.Transform{datasets.Standardise(s.Train)}
	}
	if d.train, err = s.Train.With(transforms...); err != nil {
		return d, err
	}
	d.test, err = s.Test.With(transforms...)
	return d, err
}

// evaluated is the number of examples that are evaluated at once.
const evaluated = 500

// do trains a model from the start that the seed gives.
func (j job) do(ctx context.Context, s *lesson.Setting, d split, seed uint64) (*result, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	m := nn.NewLinear("scores", d.train.Features(), len(d.train.Classes()), nn.Normal(1e-4), rng)
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		return j.loss(m.Forward(x), y).Add(losses.L2(j.lambda, x.Graph(), m.Weights()...))
	}
	var rule optim.Rule = optim.GradientDescent{LearningRate: j.rate}
	if j.batch > 0 {
		rule = optim.Scheduled(optim.SGD{LearningRate: j.rate}, optim.Cosine(j.steps(d.train.Len()), 0.01))
	}
	trainer, err := optim.NewTrainer(loss, m.Params(), rule, optim.WithScores(m.Forward))
	if err != nil {
		return nil, err
	}
	r := &result{job: j, model: m}
	took, err := s.Timed(func() (err error) {
		r.epochs, err = trainer.Fit(ctx, d.train, optim.Plan{
			Epochs: j.epochs, BatchSize: j.batch, Rand: rng, Validation: d.test.Consecutive(evaluated),
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.name, err)
	}
	r.seconds = took.Seconds()
	if r.train, err = trainer.Evaluate(d.train.Consecutive(evaluated)); err != nil {
		return nil, err
	}
	r.test, err = trainer.Evaluate(d.test.Consecutive(evaluated))
	return r, err
}

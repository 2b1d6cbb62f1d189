package main

import (
	"math"

	"declive/autodiff"
	"declive/losses"
	"declive/optim"
)

// The recipe of airbench94, for the mean loss of a batch where the paper has the sum.
const (
	momentum  = 0.85
	biasRate  = 64  // the rate of the norms' shifts, in that of all else
	smoothing = 0.2 // part of the targets that all classes share
	frozen    = 3   // epochs after which the bias of the whitening stays as it is
	ahead     = 5   // steps between two of lookahead

	// decay is the part of a weight that a step at the full rate takes away for each
	// image of the batch, before momentum.
	decay = 0.0153 / 7850
)

// trainer returns what trains a network in so many steps, of which an epoch has some.
func (n *network) trainer(s settings, epoch int) (*optim.Trainer, error) {
	steps := s.epochs * epoch
	rule := func(rate float64) optim.Rule {
		nesterov := optim.Nesterov{LearningRate: rate, Momentum: momentum, OfGradients: true}
		return optim.Scheduled(optim.WeightDecay(nesterov, decay*float64(s.batch)/rate), triangle(steps))
	}
	var groups []optim.Group
	if !s.lacks("rates") {
		groups = append(groups, optim.Group{Params: n.shifts, Rule: rule(s.rate * biasRate)})
	}
	if !s.lacks("whitening") {
		groups = append(groups, optim.Group{Params: []*autodiff.Param{n.whitening.Weight}, Frozen: true})
		if !s.lacks("freezing") {
			groups = append(groups, optim.Group{Params: []*autodiff.Param{n.whitening.Bias}, Until: frozen * epoch})
		}
	}
	options := []optim.Option{optim.WithScores(n.scores), optim.WithoutGradientNorm(), optim.WithGroups(groups...)}
	if !s.lacks("lookahead") {
		options = append(options, optim.WithLookahead(ahead, inertia(steps)))
	}
	loss := func(x, y *autodiff.Node) *autodiff.Node {
		if s.lacks("smoothing") || !x.Graph().Training() {
			return losses.SoftmaxCrossEntropy(n.scores(x), y)
		}
		return losses.SmoothedCrossEntropy(smoothing, n.scores(x), y)
	}
	return optim.NewTrainer(loss, n.Params(), rule(s.rate), options...)
}

// scores records the scores of images that are rows of numbers.
func (n *network) scores(x *autodiff.Node) *autodiff.Node {
	return n.Forward(x.Reshape(append(autodiff.Shape{x.Shape()[0]}, n.shape...)...))
}

// triangle rises in a line from 0.2 to 1 in the first 23 % of the steps, and falls in
// another to 0.07.
func triangle(steps int) optim.Schedule {
	const start, top, end, rise = 0.2, 1, 0.07, 0.23
	peak := math.Floor(rise * float64(steps))
	return func(step int) float64 {
		t := float64(step - 1)
		if t < peak {
			return start + (top-start)*t/peak
		}
		return top + (end-top)*(t-peak)/(float64(steps)-peak)
	}
}

// inertia is how much of the average lookahead keeps: nearly nothing at first, and
// 0.95 for each step at the end.
func inertia(steps int) optim.Schedule {
	most := math.Pow(0.95, ahead)
	return func(step int) float64 { return most * math.Pow(float64(step)/float64(steps), 3) }
}

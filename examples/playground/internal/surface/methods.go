package surface

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"gonum.org/v1/gonum/floats"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/optim"
	"declive/optim/curvature"
)

// A method is one that races. Sight is how many times it looks at every example in a
// step, 0 for one that takes minibatches.
type method struct {
	sight int
	make  func(r *runner, s *Settings) (optim.Stepper, error)
}

// methods are those that there are, by their names.
var methods = map[string]method{
	"random":    {1, func(r *runner, s *Settings) (optim.Stepper, error) { return &guess{r: r, s: s}, nil }},
	"numerical": {3, func(r *runner, s *Settings) (optim.Stepper, error) { return &differences{r, s}, nil }},
	"gd":        {1, byRule(func(s *Settings) optim.Rule { return optim.GradientDescent{LearningRate: 1} })},
	"sgd":       {0, byRule(func(s *Settings) optim.Rule { return optim.SGD{LearningRate: 1} })},
	"momentum":  {0, byRule(func(s *Settings) optim.Rule { return optim.Momentum{LearningRate: 1, Momentum: s.Momentum} })},
	"nesterov":  {0, byRule(func(s *Settings) optim.Rule { return optim.Nesterov{LearningRate: 1, Momentum: s.Momentum} })},
	"adam":      {0, byRule(func(s *Settings) optim.Rule { return optim.Adam{LearningRate: 1} })},
	"newton": {3, func(r *runner, _ *Settings) (optim.Stepper, error) { // the gradient and a Hessian of two columns
		return curvature.NewDescent(r.loss, []*autodiff.Param{r.w}, curvature.SaddleFreeNewton{}), nil
	}},
}

// byRule returns the trainer of a rule whose rate is what the settings say at the
// time of the step.
func byRule(rule func(*Settings) optim.Rule) func(*runner, *Settings) (optim.Stepper, error) {
	return func(r *runner, s *Settings) (optim.Stepper, error) {
		return optim.NewTrainer(r.loss, []*autodiff.Param{r.w}, optim.Scheduled(rule(s), func(int) float64 { return s.Rate }))
	}
}

// known refuses names that are no methods.
func known(names []string) error {
	for _, n := range names {
		if _, ok := methods[n]; !ok {
			return fmt.Errorf("surface: %q is none of the methods %s", n, strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
		}
	}
	return nil
}

// A guess tries a point near the best so far, and keeps it if the loss is lower. The
// standard deviation of a try is twice the rate.
type guess struct {
	r   *runner
	s   *Settings
	rng *rand.Rand
}

// Step implements optim.Stepper, on all examples.
func (g *guess) Step(autodiff.Batch) (float64, error) {
	if g.rng == nil {
		g.rng = rand.New(rand.NewPCG(g.s.Seed, 2))
	}
	from := g.r.point()
	before, err := g.r.objectiveAt(from)
	if err != nil {
		return before, err
	}
	to := []float64{from[0] + 2*g.s.Rate*g.rng.NormFloat64(), from[1] + 2*g.s.Rate*g.rng.NormFloat64()}
	after, err := g.r.objectiveAt(to)
	if after < before {
		copy(g.r.w.Value().Float64s(), to)
	}
	return before, err
}

// Differences is gradient descent with the gradient by forward differences.
type differences struct {
	r *runner
	s *Settings
}

// Step implements optim.Stepper, on all examples.
func (d *differences) Step(autodiff.Batch) (float64, error) {
	w := d.r.point()
	loss, err := d.r.objectiveAt(w)
	if err != nil {
		return loss, err
	}
	slope := gradcheck.Forward(func(w []float64) float64 {
		value, failed := d.r.objectiveAt(w)
		if failed != nil {
			err = failed
		}
		return value
	}, w, gradcheck.Step)
	floats.AddScaled(d.r.w.Value().Float64s(), -d.s.Rate, slope)
	return loss, err
}

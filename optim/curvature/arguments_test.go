package curvature_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/optimize"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) { exported.Check(t, ".", objectiveCalls(t)) }

func objective(t *testing.T) *curvature.Objective {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	o, err := curvature.NewObjective(m.Softmax, m.Params(), sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1, 2))
	require.NoError(t, err)
	return o
}

// A skew is a method that returns a step of another length.
type skew int

func (s skew) Direction(*curvature.Objective) (float64, []float64, error) {
	return 1, make([]float64, s), nil
}

func objectiveCalls(t *testing.T) []exported.Call {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	batch := sample.NewPoints(sample.Rand(), 4, 3, 2).Batch(0, 1, 2)
	o, newton := objective(t), curvature.Newton{Damping: 1}
	descend := func(loss autodiff.LossFunc, params []*autodiff.Param, method curvature.Method, b autodiff.Batch) func() error {
		return func() error { _, err := curvature.NewDescent(loss, params, method).Step(b); return err }
	}
	calls := []exported.Call{
		{Of: "NewDescent", With: "nil method", Do: descend(m.Softmax, m.Params(), nil, batch)},
		{Of: "Descent.Step", With: "a method whose step is nil", Do: descend(m.Softmax, m.Params(), skew(0), batch)},
		{Of: "Descent.Step", With: "a method whose step is too long", Do: descend(m.Softmax, m.Params(), skew(9), batch)},
		{Of: "Objective.Move", With: "nil vector", Do: func() error { return o.Move(nil) }},
		{Of: "Objective.Gradient", With: "nil vector", Do: func() error { _, err := o.Gradient(nil); return err }},
		{Of: "Objective.HessianProduct", With: "nil vectors", Do: func() error { return o.HessianProduct(nil, nil) }},
		{Of: "Objective.HessianProduct", With: "other length", Do: func() error { return o.HessianProduct(make([]float64, 8), make([]float64, 9)) }},
		{Of: "Objective.ExtremeEigenpairs", With: "no steps", Do: func() error { _, _, err := o.ExtremeEigenpairs(0, sample.Rand()); return err }},
		{Of: "Objective.ExtremeEigenpairs", With: "nil rng", Do: func() error { _, _, err := o.ExtremeEigenpairs(3, nil); return err }},
		{Of: "Objective.ExtremeEigenpairs", With: "huge steps", Do: func() error { _, _, err := o.ExtremeEigenpairs(math.MaxInt, sample.Rand()); return err }, Accepted: true},
		{Of: "Objective.Minimise", With: "nil method and settings", Do: func() error { _, err := objective(t).Minimise(nil, nil); return err }, Accepted: true},
		{Of: "Objective.Minimise", With: "initial values", Do: func() error {
			_, err := o.Minimise(nil, &optimize.Settings{InitValues: &optimize.Location{X: []float64{1}}})
			return err
		}},
		{Of: "NewObjective", With: "a parameter that the loss does not know", Do: func() error {
			_, err := curvature.NewObjective(m.Softmax, append(m.Params(), autodiff.NewParam("p", sample.Vector(1))), batch)
			return err
		}},
	}
	for name, params := range sample.Disturbed() {
		calls = append(calls,
			exported.Call{Of: "NewObjective", With: name, Do: func() error { _, err := curvature.NewObjective(m.Softmax, params, batch); return err }},
			exported.Call{Of: "NewDescent", With: name, Do: descend(m.Softmax, params, newton, batch)})
	}
	for name, loss := range sample.Lossless(m.W) {
		calls = append(calls,
			exported.Call{Of: "NewObjective", With: name, Do: func() error { _, err := curvature.NewObjective(loss, m.Params(), batch); return err }},
			exported.Call{Of: "NewDescent", With: name, Do: descend(loss, m.Params(), newton, batch)})
	}
	for name, b := range sample.Unreadable() {
		calls = append(calls,
			exported.Call{Of: "NewObjective", With: name, Do: func() error {
				o, err := curvature.NewObjective(m.Softmax, m.Params(), b)
				return lossOf(o, err)
			}},
			exported.Call{Of: "Objective.Use", With: name, Do: func() error { o := objective(t); return lossOf(o, o.Use(b)) }},
			exported.Call{Of: "Descent.Step", With: name, Do: descend(m.Softmax, m.Params(), newton, b)})
	}
	for name, o := range map[string]*curvature.Objective{"nil objective": nil, "empty objective": {}} {
		calls = append(calls, unmadeCalls(name, o)...)
	}
	return append(calls, settingsCalls(o)...)
}

// lossOf returns the error of a batch, at once or when it is looked into.
func lossOf(o *curvature.Objective, err error) error {
	if err != nil {
		return err
	}
	_, err = o.Loss()
	return err
}

func unmadeCalls(name string, o *curvature.Objective) []exported.Call {
	var calls []exported.Call
	for of, method := range map[string]curvature.Method{
		"Newton.Direction": curvature.Newton{}, "SaddleFreeNewton.Direction": curvature.SaddleFreeNewton{},
	} {
		calls = append(calls, exported.Call{Of: of, With: name, Do: func() error { _, _, err := method.Direction(o); return err }})
	}
	for of, do := range map[string]func() error{
		"Objective.Use":               func() error { return o.Use(autodiff.Batch{}) },
		"Objective.Move":              func() error { return o.Move(nil) },
		"Objective.Loss":              func() error { _, err := o.Loss(); return err },
		"Objective.Gradient":          func() error { _, err := o.Gradient(nil); return err },
		"Objective.Hessian":           func() error { _, err := o.Hessian(); return err },
		"Objective.HessianProduct":    func() error { return o.HessianProduct(nil, nil) },
		"Objective.ExtremeEigenpairs": func() error { _, _, err := o.ExtremeEigenpairs(1, sample.Rand()); return err },
		"Objective.Minimise":          func() error { _, err := o.Minimise(nil, nil); return err },
	} {
		calls = append(calls, exported.Call{Of: of, With: name, Do: do})
	}
	calls = append(calls,
		exported.Call{Of: "Objective.Dim", With: name, Do: exported.Panics(func() { o.Dim() }), Accepted: true},
		exported.Call{Of: "Objective.Point", With: name, Do: exported.Panics(func() { o.Point() }), Accepted: true},
		exported.Call{Of: "Objective.Problem", With: name, Do: exported.Panics(func() { o.Problem().Func(nil) }), Accepted: true})
	return append(calls, exported.Call{Of: "Classify", With: name, Do: func() error { _, err := curvature.Classify(o, curvature.Criteria{}); return err }})
}

// settingsCalls has the methods' settings and Classify's.
func settingsCalls(o *curvature.Objective) []exported.Call {
	direction := func(m curvature.Method) func() error {
		return func() error { _, _, err := m.Direction(o); return err }
	}
	var calls []exported.Call
	for _, v := range []float64{-1, math.NaN(), math.Inf(1)} {
		for of, m := range map[string]curvature.Method{
			"Newton.Direction": curvature.Newton{Damping: v}, "SaddleFreeNewton.Direction": curvature.SaddleFreeNewton{Damping: v},
		} {
			calls = append(calls, exported.Call{Of: of, With: "a number without meaning", Do: direction(m)})
		}
		for _, c := range []curvature.Criteria{{Gradient: v}, {Curvature: v}} {
			calls = append(calls, exported.Call{Of: "Classify", With: "a number without meaning", Do: func() error { _, err := curvature.Classify(o, c); return err }})
		}
	}
	return append(calls,
		exported.Call{Of: "SaddleFreeNewton.Direction", With: "negative Krylov", Do: direction(curvature.SaddleFreeNewton{Krylov: -1})},
		exported.Call{Of: "SaddleFreeNewton.Direction", With: "huge Krylov", Do: direction(curvature.SaddleFreeNewton{Krylov: math.MaxInt}), Accepted: true},
		exported.Call{Of: "Classify", With: "negative Exact", Do: func() error { _, err := curvature.Classify(o, curvature.Criteria{Exact: -1}); return err }},
		exported.Call{Of: "Classify", With: "no generator for Lanczos", Do: func() error { _, err := curvature.Classify(o, curvature.Criteria{Exact: 1}); return err }})
}

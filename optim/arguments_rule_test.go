package optim_test

import (
	"math"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/optim"
	"declive/optim/internal/sample"
)

// ruleCalls calls the rules: that their settings have no meaning is an error of
// NewTrainer, or of a schedule at the step that it is asked for.
func ruleCalls() []exported.Call {
	m := sample.NewLinear(sample.Rand(), 3, 2)
	trained := func(rule optim.Rule) func() error {
		return func() error { _, err := optim.NewTrainer(m.Softmax, m.Params(), rule); return err }
	}
	sgd := optim.SGD{LearningRate: 1}
	var calls []exported.Call
	for _, v := range []float64{-1, math.NaN(), math.Inf(1), math.Inf(-1)} {
		for of, rule := range map[string]optim.Rule{
			"GradientDescent.Rate": optim.GradientDescent{LearningRate: v}, "SGD.Rate": optim.SGD{LearningRate: v},
			"Momentum.Rate": optim.Momentum{LearningRate: v}, "Nesterov.Rate": optim.Nesterov{LearningRate: v},
			"AdaGrad.Rate": optim.AdaGrad{LearningRate: v}, "RMSProp.Rate": optim.RMSProp{LearningRate: v}, "Adam.Rate": optim.Adam{LearningRate: v},
			"NAdam.Rate": optim.NAdam{LearningRate: v}, "Lion.Rate": optim.Lion{LearningRate: v}, "Muon.Rate": optim.Muon{LearningRate: v},
			"NAdam.Check": optim.NAdam{LearningRate: 1, Beta1: v}, "Lion.Check": optim.Lion{LearningRate: 1, Beta2: v}, "Muon.Check": optim.Muon{LearningRate: 1, Momentum: v},
			"CosineRestarts": optim.Scheduled(sgd, optim.CosineRestarts(1, min(v, 0.5), 0)), "Polynomial": optim.Scheduled(sgd, optim.Polynomial(1, min(v, 0), 0)),
			"RAdam.Rate": optim.RAdam{LearningRate: v}, "RAdam.Check": optim.RAdam{LearningRate: 1, Beta1: v},
			"ScheduledMomentum": optim.ScheduledMomentum(optim.Momentum{LearningRate: 1}, optim.Constant(v)),
			"OneCycleMomentum":  optim.ScheduledMomentum(optim.Nesterov{LearningRate: 1}, optim.OneCycleMomentum(3, v, 0)),
			"Linear":            optim.Scheduled(sgd, optim.Linear(0, v)), "OneCycle": optim.Scheduled(sgd, optim.OneCycle(3, v, 0)),
			"Momentum.Check": optim.Momentum{LearningRate: 1, Momentum: v}, "Nesterov.Check": optim.Nesterov{LearningRate: 1, Momentum: v},
			"AdaGrad.Check": optim.AdaGrad{LearningRate: 1, Epsilon: v}, "RMSProp.Check": optim.RMSProp{LearningRate: 1, Decay: v},
			"Adam.Check": optim.Adam{LearningRate: 1, Beta2: v}, "ClipValue": optim.ClipValue(sgd, v), "WeightDecay": optim.WeightDecay(sgd, v),
			"DecoupledWeightDecay": optim.DecoupledWeightDecay(sgd, v), "Constant": optim.Scheduled(sgd, optim.Constant(v)),
			"InverseTime": optim.Scheduled(sgd, optim.InverseTime(min(v, -1))), "Cosine": optim.Scheduled(sgd, optim.Cosine(0, v)),
			"StepDecay": optim.Scheduled(sgd, optim.StepDecay(0, v)), "WarmUp": optim.Scheduled(sgd, optim.WarmUp(-1)),
		} {
			calls = append(calls, exported.Call{Of: of, With: "a number without meaning", Do: trained(rule)})
		}
	}
	for of, rule := range map[string]optim.Rule{
		"ClipValue": optim.ClipValue(nil, 1), "WeightDecay": optim.WeightDecay(nil, 1),
		"DecoupledWeightDecay": optim.DecoupledWeightDecay(nil, 1), "Scheduled": optim.Scheduled(nil, optim.Constant(1)),
		"ScheduledMomentum": optim.ScheduledMomentum(nil, optim.Constant(1)),
	} {
		calls = append(calls, exported.Call{Of: of, With: "nil rule", Do: trained(rule)})
	}
	calls = append(calls,
		exported.Call{Of: "ScheduledMomentum", With: "nil schedule", Do: trained(optim.ScheduledMomentum(optim.Nesterov{LearningRate: 1}, nil))},
		exported.Call{Of: "ScheduledMomentum", With: "no momentum", Do: trained(optim.ScheduledMomentum(sgd, optim.Constant(1)))},
		exported.Call{Of: "Scheduled", With: "nil schedule", Do: trained(optim.Scheduled(sgd, nil))},
		exported.Call{Of: "Exponential", With: "NaN, which the second step sees", Do: trained(optim.Scheduled(sgd, optim.Exponential(math.NaN()))), Accepted: true})
	return append(calls, updateCalls()...)
}

// updateCalls calls every rule's Update with what no trainer gives it.
func updateCalls() []exported.Call {
	g := autodiff.NewGraph(tensor.Float64)
	x, rate := g.Input("x", 3), g.Input("rate")
	full := optim.Update{W: x, G: x, Rate: rate, Step: rate}
	var calls []exported.Call
	for of, rule := range map[string]optim.Rule{
		"GradientDescent.Update": optim.GradientDescent{}, "SGD.Update": optim.SGD{}, "Momentum.Update": optim.Momentum{},
		"Nesterov.Update": optim.Nesterov{}, "AdaGrad.Update": optim.AdaGrad{}, "RMSProp.Update": optim.RMSProp{}, "Adam.Update": optim.Adam{},
		"NAdam.Update": optim.NAdam{}, "RAdam.Update": optim.RAdam{}, "Lion.Update": optim.Lion{}, "Muon.Update": optim.Muon{},
		"ClipValue": optim.ClipValue(optim.SGD{}, 1), "WeightDecay": optim.WeightDecay(optim.SGD{}, 1), "DecoupledWeightDecay": optim.DecoupledWeightDecay(optim.SGD{}, 1),
		"ScheduledMomentum": optim.ScheduledMomentum(optim.Momentum{}, optim.Constant(1)),
	} {
		without, many := full, full
		without.G = nil
		many.Slots = []*autodiff.Node{x, x, x}
		calls = append(calls,
			exported.Call{Of: of, With: "nothing", Do: exported.Panics(func() { rule.Update(optim.Update{}) })},
			exported.Call{Of: of, With: "no gradient", Do: exported.Panics(func() { rule.Update(without) })},
			exported.Call{Of: of, With: "too many slots", Do: exported.Panics(func() { rule.Update(many) })})
	}
	stepless := full
	stepless.Step, stepless.Slots = nil, []*autodiff.Node{x, x}
	return append(calls,
		exported.Call{Of: "Momentum.Update", With: "a nil slot", Do: exported.Panics(func() {
			optim.Momentum{}.Update(optim.Update{W: x, G: x, Rate: rate, Slots: []*autodiff.Node{nil}})
		})},
		exported.Call{Of: "Muon.Update", With: "a vector", Do: exported.Panics(func() {
			optim.Muon{}.Update(optim.Update{W: x, G: x, Rate: rate, Slots: []*autodiff.Node{x}})
		})},
		exported.Call{Of: "RAdam.Update", With: "no step", Do: exported.Panics(func() { optim.RAdam{}.Update(stepless) })},
		exported.Call{Of: "ScheduledMomentum", With: "no momentum of the step", Do: exported.Panics(func() {
			optim.ScheduledMomentum(optim.Momentum{}, optim.Constant(1)).Update(optim.Update{W: x, G: x, Rate: rate, Slots: []*autodiff.Node{x}})
		})},
		exported.Call{Of: "NAdam.Update", With: "no step", Do: exported.Panics(func() { optim.NAdam{}.Update(stepless) })},
		exported.Call{Of: "Adam.Update", With: "no step", Do: exported.Panics(func() { optim.Adam{}.Update(stepless) })})
}

package losses_test

import (
	"math"
	"testing"

	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/losses"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	f, labels := g.Input("f", 3, 2), g.Labels("labels", 3)
	other := autodiff.NewGraph(tensor.Float64)
	var calls []exported.Call
	for name, loss := range map[string]func(f, y *autodiff.Node) *autodiff.Node{
		"Squared": losses.Squared, "Huber": huber, "Hinge": losses.Hinge, "Logistic": losses.Logistic,
		"MulticlassHinge": losses.MulticlassHinge, "SoftmaxCrossEntropy": losses.SoftmaxCrossEntropy,
		"SmoothedCrossEntropy": smoothed, "WeightedMean": losses.WeightedMean,
		"EachSquared": losses.EachSquared, "EachHinge": losses.EachHinge, "EachLogistic": losses.EachLogistic,
		"EachHuber":           func(f, y *autodiff.Node) *autodiff.Node { return losses.EachHuber(1, f, y) },
		"EachMulticlassHinge": losses.EachMulticlassHinge, "EachSoftmaxCrossEntropy": losses.EachSoftmaxCrossEntropy,
		"EachSmoothedCrossEntropy": func(s, y *autodiff.Node) *autodiff.Node { return losses.EachSmoothedCrossEntropy(0.2, s, y) },
	} {
		for with, in := range map[string][2]*autodiff.Node{
			"nil scores":               {nil, labels},
			"nil targets":              {f, nil},
			"scalars":                  {g.Scalar(1), g.Scalar(1)},
			"labels as scores":         {labels, labels},
			"other lengths":            {g.Input(name+"3", 3, 1), g.Input(name+"4", 4)},
			"labels of another length": {f, g.Labels(name+"labels", 4)},
			"targets of another graph": {f, other.Input(name, 3, 2)},
			"labels of another graph":  {f, other.Labels(name+"labels", 3)},
		} {
			calls = append(calls, exported.Call{Of: name, With: with, Do: exported.Panics(func() { loss(in[0], in[1]) })})
		}
	}
	for with, delta := range map[string]float64{"threshold 0": 0, "negative threshold": -1, "threshold NaN": math.NaN(), "infinite threshold": math.Inf(1)} {
		n := g.Input("of "+with, 3)
		calls = append(calls, exported.Call{Of: "Huber", With: with, Do: exported.Panics(func() { losses.Huber(delta, n, n) })})
	}
	for with, epsilon := range map[string]float64{"smoothing below 0": -0.1, "smoothing above 1": 1.1, "smoothing NaN": math.NaN()} {
		calls = append(calls, exported.Call{Of: "SmoothedCrossEntropy", With: with, Do: exported.Panics(func() { losses.SmoothedCrossEntropy(epsilon, f, labels) })})
	}
	for with, do := range map[string]func(){
		"nil labels":      func() { losses.ClassWeights(nil, 1) },
		"no labels":       func() { losses.ClassWeights(f, 1) },
		"negative weight": func() { losses.ClassWeights(labels, 1, -1) },
		"NaN":             func() { losses.ClassWeights(labels, math.NaN()) },
		"infinite weight": func() { losses.ClassWeights(labels, math.Inf(1)) },
	} {
		calls = append(calls, exported.Call{Of: "ClassWeights", With: with, Do: exported.Panics(do)})
	}
	calls = append(calls, exported.Call{Of: "ClassWeights", With: "no weights", Do: exported.Panics(func() { losses.ClassWeights(labels) }), Accepted: true})
	w := autodiff.NewParam("w", tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float64)))
	transposed := autodiff.NewParam("transposed", tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float64)))
	if err := transposed.Value().T(); err != nil {
		t.Fatal(err)
	}
	for name, penalty := range map[string]func(lambda float64, g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node{
		"L1": losses.L1, "L2": losses.L2,
		"ElasticNet": func(lambda float64, g *autodiff.Graph, params ...*autodiff.Param) *autodiff.Node {
			return losses.ElasticNet(lambda, lambda, g, params...)
		},
	} {
		for with, do := range map[string]func(){
			"negative weight":      func() { penalty(-1, g, w) },
			"NaN":                  func() { penalty(math.NaN(), g, w) },
			"infinite weight":      func() { penalty(math.Inf(1), g, w) },
			"nil graph":            func() { penalty(1, nil, w) },
			"nil parameter":        func() { penalty(1, g, w, nil) },
			"empty parameter":      func() { penalty(1, g, &autodiff.Param{}) },
			"transposed parameter": func() { penalty(1, g, transposed) },
		} {
			calls = append(calls, exported.Call{Of: name, With: with, Do: exported.Panics(do)})
		}
		calls = append(calls, exported.Call{Of: name, With: "no parameters", Do: exported.Panics(func() { penalty(1, g) }), Accepted: true})
	}
	calls = append(calls,
		exported.Call{Of: "ElasticNet", With: "negative l1", Do: exported.Panics(func() { losses.ElasticNet(-1, 0, g, w) })},
		exported.Call{Of: "ElasticNet", With: "negative l2", Do: exported.Panics(func() { losses.ElasticNet(0, -1, g, w) })})
	exported.Check(t, ".", calls)
}

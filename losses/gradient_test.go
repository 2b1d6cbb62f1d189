package losses_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/gradcheck"
	"declive/internal/exported"
	"declive/losses"
)

type lossTest struct {
	name   string
	loss   autodiff.LossFunc
	inputs func(dt tensor.Dtype) []*tensor.Dense
}

// lossTests are all losses, with scores and targets off their kinks.
func lossTests() []lossTest {
	rng := rand.New(rand.NewPCG(7, 11))
	draw := func(dt tensor.Dtype, shape ...int) *tensor.Dense {
		x := make([]float64, autodiff.Shape(shape).Size())
		for i := range x {
			x[i] = 4*rng.Float64() - 2
		}
		return feed(dt, shape, x)
	}
	class := func(dt tensor.Dtype) []*tensor.Dense {
		return []*tensor.Dense{draw(dt, 4, 3), labels([]int{2, 0, 1, 2})}
	}
	all := []lossTest{
		{"Squared", losses.Squared, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{draw(dt, 5), draw(dt, 5, 1)}
		}},
		{"SquaredOfSeveral", losses.Squared, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{draw(dt, 2, 3, 4), draw(dt, 2, 3, 4)}
		}},
		{"Huber", huber, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{feed(dt, []int{5}, scores), feed(dt, []int{5, 1}, targets)}
		}},
		{"Hinge", losses.Hinge, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{feed(dt, []int{5, 1}, scores), feed(dt, []int{5}, targets)}
		}},
		{"Logistic", losses.Logistic, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{feed(dt, []int{5}, scores), feed(dt, []int{5}, targets)}
		}},
		{"MulticlassHinge", losses.MulticlassHinge, class},
		{"SoftmaxCrossEntropy", losses.SoftmaxCrossEntropy, class},
		{"SoftTargets", losses.SoftmaxCrossEntropy, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{draw(dt, 4, 3), feed(dt, []int{4, 3}, fourSoft)}
		}},
		{"SmoothedCrossEntropy", smoothed, class},
		{"ClassWeights", classWeighted, class},
		{"WeightedMean", losses.WeightedMean, func(dt tensor.Dtype) []*tensor.Dense {
			return []*tensor.Dense{draw(dt, 5), feed(dt, []int{5, 1}, []float64{1, 2, 0.5, 3, 1})}
		}},
	}
	for _, test := range termTests {
		inputs := class
		if !test.classes {
			inputs = func(dt tensor.Dtype) []*tensor.Dense {
				return []*tensor.Dense{feed(dt, []int{5}, scores), feed(dt, []int{5, 1}, targets)}
			}
		}
		all = append(all, lossTest{test.name, test.each, inputs})
	}
	return all
}

// Every loss, differentiated with respect to its scores (and real targets), in
// both precisions.
func TestGradientsOfLosses(t *testing.T) {
	for _, test := range lossTests() {
		for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			t.Run(test.name+"/"+dt.String(), func(t *testing.T) {
				f := func(in ...*autodiff.Node) *autodiff.Node { return test.loss(in[0], in[1]) }
				gradcheck.Op(t, f, test.inputs(dt))
			})
		}
	}
}

// Second derivatives of the smooth losses: gradients of gradients.
func TestSecondGradientsOfLosses(t *testing.T) {
	s := feed(tensor.Float64, []int{2, 3}, []float64{0.2, -1, 1.5, 1, 0.1, -0.4})
	f := feed(tensor.Float64, []int{5}, scores)
	y := feed(tensor.Float64, []int{5}, targets)
	gradcheck.Grad2(t, func(in ...*autodiff.Node) *autodiff.Node { return losses.Squared(in[0], in[1]) }, []*tensor.Dense{f, y})
	gradcheck.Grad2(t, func(in ...*autodiff.Node) *autodiff.Node { return losses.Logistic(in[0], in[1]) }, []*tensor.Dense{f, y})
	gradcheck.Grad2(t, func(in ...*autodiff.Node) *autodiff.Node { return losses.SoftmaxCrossEntropy(in[0], in[1]) },
		[]*tensor.Dense{s, labels([]int{2, 0})})
}

// regularisers are all of them, with some λ.
var regularisers = map[string]regulariser{
	"L2": func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node { return losses.L2(0.3, g, p...) },
	"L1": func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node { return losses.L1(0.3, g, p...) },
	"ElasticNet": func(g *autodiff.Graph, p ...*autodiff.Param) *autodiff.Node {
		return losses.ElasticNet(0.7, 0.3, g, p...)
	},
}

func TestGradientsOfRegularisers(t *testing.T) {
	batch := autodiff.Batch{X: feed(tensor.Float64, []int{1}, []float64{2})}
	for name, r := range regularisers {
		for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
			t.Run(name+"/"+dt.String(), func(t *testing.T) {
				a := autodiff.NewParam("a", feed(dt, []int{2, 3}, []float64{1, -2, 0.1, 0.5, 3, -1}))
				b := autodiff.NewParam("b", feed(dt, []int{4}, []float64{-4, 2, 1, 0.3}))
				loss := func(x, _ *autodiff.Node) *autodiff.Node { return r(x.Graph(), a, b).Add(x.Sum()) }
				gradcheck.Check(t, loss, []*autodiff.Param{a, b}, batch)
			})
		}
	}
}

// A new loss or regulariser has to come into the tables above: every exported
// function of the package's source that returns a node is there.
func TestEveryLossIsChecked(t *testing.T) {
	listed := map[string]bool{}
	for _, test := range lossTests() {
		listed[test.name] = true
	}
	for name := range regularisers {
		listed[name] = true
	}
	functions, err := exported.Functions(".")
	require.NoError(t, err)
	found := 0
	for _, f := range functions {
		if f.Result == "*autodiff.Node" {
			found++
			assert.True(t, listed[f.Name], "no test checks the gradient of %s", f.Name)
		}
	}
	assert.GreaterOrEqual(t, found, 8)
}

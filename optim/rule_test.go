package optim_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/internal/exported"
	"declive/optim"
)

// drive takes one step after another with a rule, by the reference interpreter
// in float64: from w through the given gradients. It returns w after each step.
func drive(t require.TestingT, rule optim.Rule, w []float64, gradients [][]float64) [][]float64 {
	g := autodiff.NewGraph(tensor.Float64)
	param := autodiff.NewParam("w", vector(slices.Clone(w)...))
	u := optim.Update{
		W: g.Param(param), G: g.Input("g", len(w)),
		Rate: g.Input("rate"), Step: g.Input("step"),
	}
	slots := make([]*autodiff.Param, rule.Slots())
	for i := range slots {
		slots[i] = autodiff.NewParam(string(rune('a'+i)), vector(make([]float64, len(w))...))
		u.Slots = append(u.Slots, g.Param(slots[i]))
	}
	next, memory := rule.Update(u)
	require.Len(t, memory, len(slots))
	var path [][]float64
	for i, gradient := range gradients {
		values, err := autodiff.Interpret([]autodiff.Feed{
			u.G.Feed(vector(gradient...)),
			u.Rate.Feed(scalar(rule.Rate(i + 1))), u.Step.Feed(scalar(float64(i + 1))),
		}, append(memory, next)...)
		require.NoError(t, err)
		for i, slot := range slots {
			copy(slot.Value().Float64s(), values[i].Float64s())
		}
		copy(param.Value().Float64s(), values[len(slots)].Float64s())
		path = append(path, values[len(slots)].Float64s())
	}
	return path
}

func vector(x ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(x)), tensor.WithBacking(x))
}

func scalar(x float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(), tensor.WithBacking([]float64{x}))
}

// A recurrence is a rule for one weight, written by hand. It keeps its memory
// in a and b.
type recurrence func(w, g float64, step int, a, b *float64) float64

const rate = 0.05

type ruleTest struct {
	name string
	rule optim.Rule
	want recurrence
}

// The recurrences below are transcribed from the papers that the rules cite.
var ruleTests = []ruleTest{
	{"GradientDescent", optim.GradientDescent{LearningRate: rate},
		func(w, g float64, _ int, _, _ *float64) float64 { return w - rate*g }},
	{"SGD", optim.SGD{LearningRate: rate},
		func(w, g float64, _ int, _, _ *float64) float64 { return w - rate*g }},
	{"Momentum", optim.Momentum{LearningRate: rate, Momentum: 0.7},
		func(w, g float64, _ int, v, _ *float64) float64 {
			*v = 0.7**v - rate*g
			return w + *v
		}},
	{"Nesterov", optim.Nesterov{LearningRate: rate, Momentum: 0.7},
		func(w, g float64, _ int, v, _ *float64) float64 {
			theta := w - 0.7**v // the point of the original method
			*v = 0.7**v - rate*g
			theta += *v
			return theta + 0.7**v
		}},
	{"Momentum of gradients", optim.Momentum{LearningRate: rate, Momentum: 0.7, OfGradients: true},
		func(w, g float64, _ int, v, _ *float64) float64 {
			*v = 0.7**v + g
			return w - rate**v
		}},
	{"Nesterov of gradients", optim.Nesterov{LearningRate: rate, Momentum: 0.7, OfGradients: true},
		func(w, g float64, _ int, v, _ *float64) float64 {
			*v = 0.7**v + g
			return w - rate*(g+0.7**v)
		}},
	{"AdaGrad", optim.AdaGrad{LearningRate: rate, Epsilon: 1e-3},
		func(w, g float64, _ int, s, _ *float64) float64 {
			*s += g * g
			return w - rate*g/(math.Sqrt(*s)+1e-3)
		}},
	{"RMSProp", optim.RMSProp{LearningRate: rate, Decay: 0.8, Epsilon: 1e-3},
		func(w, g float64, _ int, s, _ *float64) float64 {
			*s = 0.8**s + 0.2*g*g
			return w - rate*g/(math.Sqrt(*s)+1e-3)
		}},
	{"Adam", optim.Adam{LearningRate: rate, Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-3}, adam(0.8, 0.95, 1e-3)},
	{"Adam with the paper's constants", optim.Adam{LearningRate: rate}, adam(0.9, 0.999, 1e-8)},
	{"NAdam", optim.NAdam{LearningRate: rate, Beta1: 0.8, Beta2: 0.95, Epsilon: 1e-3},
		func(w, g float64, step int, m, v *float64) float64 {
			t := float64(step)
			*m = 0.8**m + 0.2*g
			*v = 0.95**v + 0.05*g*g
			n := 0.8**m/(1-math.Pow(0.8, t+1)) + 0.2*g/(1-math.Pow(0.8, t))
			return w - rate*n/(math.Sqrt(*v/(1-math.Pow(0.95, t)))+1e-3)
		}},
	{"RAdam", optim.RAdam{LearningRate: rate, Beta1: 0.5, Beta2: 0.75, Epsilon: 1e-3}, radam(0.5, 0.75, 1e-3)},
	{"RAdam that never adapts", optim.RAdam{LearningRate: rate, Beta1: 0.5, Beta2: 0.5, Epsilon: 1e-3}, radam(0.5, 0.5, 1e-3)},
	{"Lion", optim.Lion{LearningRate: rate, Beta1: 0.5, Beta2: 0.75}, // exact, so that signs agree
		func(w, g float64, _ int, m, _ *float64) float64 {
			way := 0.5**m + (1-0.5)*g
			*m = 0.75**m + (1-0.75)*g
			if way == 0 {
				return w
			}
			return w - math.Copysign(rate, way)
		}},
	{"WeightDecay", optim.WeightDecay(optim.Momentum{LearningRate: rate, Momentum: 0.7}, 0.3),
		func(w, g float64, _ int, v, _ *float64) float64 {
			*v = 0.7**v - rate*(g+0.3*w)
			return w + *v
		}},
	{"DecoupledWeightDecay", optim.DecoupledWeightDecay(optim.Adam{LearningRate: rate}, 0.3),
		func(w, g float64, t int, m, v *float64) float64 {
			return adam(0.9, 0.999, 1e-8)(w, g, t, m, v) - rate*0.3*w
		}},
	{"ClipValue", optim.ClipValue(optim.SGD{LearningRate: rate}, 0.5),
		func(w, g float64, _ int, _, _ *float64) float64 {
			return w - rate*math.Copysign(math.Min(math.Abs(g), 0.5), g)
		}},
	{"WeightDecay of ClipValue", optim.WeightDecay(optim.ClipValue(optim.SGD{LearningRate: rate}, 0.5), 0.3),
		func(w, g float64, _ int, _, _ *float64) float64 {
			g += 0.3 * w
			return w - rate*math.Copysign(math.Min(math.Abs(g), 0.5), g)
		}},
	{"Scheduled", optim.Scheduled(optim.SGD{LearningRate: rate}, optim.InverseTime(1)),
		func(w, g float64, t int, _, _ *float64) float64 { return w - rate/float64(t)*g }},
}

func adam(beta1, beta2, epsilon float64) recurrence {
	return func(w, g float64, t int, m, v *float64) float64 {
		*m = beta1**m + (1-beta1)*g
		*v = beta2**v + (1-beta2)*g*g
		mHat := *m / (1 - math.Pow(beta1, float64(t)))
		vHat := *v / (1 - math.Pow(beta2, float64(t)))
		return w - rate*mHat/(math.Sqrt(vHat)+epsilon)
	}
}

// radam takes the limit 5 for ρ, as PyTorch does.
func radam(beta1, beta2, epsilon float64) recurrence {
	return func(w, g float64, t int, m, v *float64) float64 {
		*m = beta1**m + (1-beta1)*g
		*v = beta2**v + (1-beta2)*g*g
		gone, most := math.Pow(beta2, float64(t)), 2/(1-beta2)-1
		mHat := *m / (1 - math.Pow(beta1, float64(t)))
		rho := most - 2*float64(t)*gone/(1-gone)
		if rho <= 5 {
			return w - rate*mHat
		}
		r := math.Sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
		return w - rate*r*mHat/(math.Sqrt(*v/(1-gone))+epsilon)
	}
}

// Every rule has a row: each type with a method Update, and each function that
// makes a rule of another.
func TestEveryRuleHasARow(t *testing.T) {
	functions, err := exported.Functions(".")
	require.NoError(t, err)
	found := 0
	for _, f := range functions {
		name, updates := strings.CutSuffix(f.Name, ".Update")
		if !updates && f.Result != "Rule" {
			continue
		}
		found++
		if name == "Muon" || name == "ScheduledMomentum" {
			continue // of matrices: TestMuonFollowsItsRecurrence; by a trainer: TestMomentumIsThatOfPyTorch
		}
		row := func(tt ruleTest) bool { return tt.name == name }
		assert.True(t, slices.ContainsFunc(ruleTests, row), "%s has no row in ruleTests", name)
	}
	assert.GreaterOrEqual(t, found, 11)
}

func TestRulesFollowTheirRecurrences(t *testing.T) {
	for _, test := range ruleTests {
		t.Run(test.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := rapid.SliceOfN(rapid.Float64Range(-2, 2), 1, 5).Draw(t, "w")
				element := rapid.Float64Range(-2, 2).Filter(func(g float64) bool { return math.Abs(g) > 1e-3 })
				gradients := rapid.SliceOfN(rapid.SliceOfN(element, len(w), len(w)), 1, 12).Draw(t, "gradients")
				follow(t, test.want, w, gradients, drive(t, test.rule, w, gradients))
			})
		})
	}
}

// follow compares a path with a recurrence of each weight. Both take some 20
// rounded operations a step on numbers below 4. The one that magnifies an error
// most is 1 − β₂ᵗ, which the plain form knows to 2⁻⁵³/(1 − β₂) at t = 1; the
// steps, of at most 10·rate here, carry it.
func follow(t *rapid.T, want recurrence, w []float64, gradients, path [][]float64) {
	tolerance := float64(len(path)) * 0x1p-53 * (20*4 + 10*rate*1000)
	for j, x := range w {
		var a, b float64
		for i := range path {
			x = want(x, gradients[i][j], i+1, &a, &b)
			assert.InDelta(t, x, path[i][j], tolerance, "step %d, weight %d", i+1, j)
		}
	}
}

// steepened returns a weight at 1.5 and a step by a rule of it along a given gradient.
func steepened(t *testing.T, rule optim.Rule) (w *autodiff.Param, step func(g float64)) {
	w = autodiff.NewParam("w", scalar(1.5))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w).Mul(x) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, rule)
	require.NoError(t, err)
	return w, func(g float64) {
		_, err := tr.Step(autodiff.Batch{X: scalar(g)})
		require.NoError(t, err)
	}
}

// What torch.optim.SGD and RAdam of PyTorch 1.13 make in float64 of these gradients,
// SGD with weight_decay=0.25 and rates and momenta that change at every step.
func TestMomentumIsThatOfPyTorch(t *testing.T) {
	gradients := []float64{0.5, -1.25, 2, 0.75, -3, 1.5, 0.25, -0.5}
	rates := func(t int) float64 { return []float64{1, 2, 3, 2, 1, 0.5}[t-1] }
	momenta := func(t int) float64 { return []float64{0.9, 0.8, 0.7, 0.7, 0.8, 0.9}[t-1] / 0.9 }
	scheduled := func(rule optim.Rule) optim.Rule {
		return optim.ScheduledMomentum(optim.Scheduled(optim.WeightDecay(rule, 0.25), rates), momenta)
	}
	for name, c := range map[string]struct {
		rule optim.Rule
		want []float64
	}{
		"Momentum": {scheduled(optim.Momentum{LearningRate: 0.1, OfGradients: true}),
			[]float64{1.4125, 1.451875, 0.784328125, 0.28358984375000007, 0.37620478515625005, 0.33817894897460943}},
		"Nesterov": {scheduled(optim.Nesterov{LearningRate: 0.1, OfGradients: true}),
			[]float64{1.33375, 1.5517125, 0.36570384375000003, -0.13954175171874997, 0.2526985856085939, 0.1491275896771671}},
		"RAdam": {optim.RAdam{LearningRate: 0.1, Beta1: 0.5, Beta2: 0.75},
			[]float64{1.45, 1.5166666666666666, 1.430952380952381, 1.350952380952381, 1.4670814132104455, 1.4480337941628265, 1.4259865500683384, 1.4320744695056675}},
	} {
		w, step := steepened(t, c.rule)
		for i, want := range c.want {
			step(gradients[i])
			// some ten roundings a step; PyTorch adds RAdam's ε, 1e-8, to √v and not to √v̂
			assert.InDelta(t, want, w.Value().ScalarValue(), 1e-9, "%s, step %d", name, i+1)
		}
	}
}

// A momentum without meaning is an error of its step, which changes nothing.
func TestScheduledMomentumRefuses(t *testing.T) {
	w := autodiff.NewParam("w", scalar(1))
	loss := func(x, _ *autodiff.Node) *autodiff.Node { return x.Graph().Param(w) }
	tr, err := optim.NewTrainer(loss, []*autodiff.Param{w}, optim.ScheduledMomentum(optim.Momentum{LearningRate: 1}, func(t int) float64 { return float64(t) }))
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{})
	require.NoError(t, err)
	_, err = tr.Step(autodiff.Batch{})
	assert.EqualError(t, err, "optim: ScheduledMomentum: the momentum at step 2 is 1.8, want a number between 0 and 1")
	assert.Equal(t, 0.0, w.Value().ScalarValue())
	_, err = optim.NewTrainer(loss, []*autodiff.Param{w}, optim.ScheduledMomentum(optim.Adam{LearningRate: 1}, optim.Constant(1)))
	assert.EqualError(t, err, "optim: ScheduledMomentum: optim.Adam has no momentum to schedule, want Momentum or Nesterov")
}

func TestFirstStepHasTheLengthOfTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.Float64Range(1e-3, 1e3).Draw(t, "g")
		for _, rule := range []optim.Rule{optim.Adam{LearningRate: rate}, optim.AdaGrad{LearningRate: rate}} {
			path := drive(t, rule, []float64{0, 0}, [][]float64{{g, -g}})
			// |g|/(|g| + ε) is 1 to within ε/|g|, and rounding
			assert.InDelta(t, -rate, path[0][0], rate*(1e-8/g+20*0x1p-53*1000))
			assert.Equal(t, -path[0][0], path[0][1])
		}
	})
}

func TestAdamIgnoresTheScaleOfTheGradient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := rapid.SliceOfN(rapid.Float64Range(0.5, 2), 6, 6).Draw(t, "g")
		small, large := make([][]float64, len(g)), make([][]float64, len(g))
		for i := range g {
			small[i], large[i] = []float64{g[i]}, []float64{g[i] * 1024}
		}
		rule := optim.Adam{LearningRate: rate, Epsilon: 1e-15}
		a, b := drive(t, rule, []float64{0}, small), drive(t, rule, []float64{0}, large)
		for i := range a {
			// a power of two rounds nothing; ε changes a step by rate·ε/0.5
			assert.InDelta(t, a[i][0], b[i][0], float64(i+1)*(rate*1e-15/0.5+20*0x1p-53))
		}
	})
}

func TestMomentumApproachesItsTerminalVelocity(t *testing.T) {
	gradients := make([][]float64, 400)
	for i := range gradients {
		gradients[i] = []float64{2}
	}
	path := drive(t, optim.Momentum{LearningRate: rate}, []float64{0}, gradients)
	last := path[399][0] - path[398][0]
	// η·g/(1 − μ) to within μ⁴⁰⁰ ≈ 5e-19 and the rounding of w ≈ 400
	assert.InDelta(t, -rate*2/(1-0.9), last, 400*4*0x1p-53*100)
}

func TestClipValueKeepsNaN(t *testing.T) {
	g := autodiff.NewGraph(tensor.Float64)
	u := optim.Update{W: g.Scalar(1), G: g.Scalar(-1).Sqrt(), Rate: g.Scalar(1)}
	w, _ := optim.ClipValue(optim.SGD{LearningRate: 1}, 1).Update(u)
	values, err := autodiff.Interpret(nil, w)
	require.NoError(t, err)
	assert.True(t, math.IsNaN(values[0].Float64s()[0]))
}

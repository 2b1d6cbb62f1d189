package losses_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/losses"
)

// Scores of four examples of three classes, labels, and probabilities, one row of
// which is sure.
var (
	fourScores = []float64{0.2, -1, 1.5, 3, 0.1, -0.4, -2.5, 0.7, 0.6, 1.1, 1.2, -3}
	fourLabels = []int{2, 1, 0, 0}
	fourSoft   = []float64{0.5, 0.25, 0.25, 0, 1, 0, 0.1, 0.2, 0.7, 0.3, 0.6, 0.1}
)

func smoothed(s, y *autodiff.Node) *autodiff.Node { return losses.SmoothedCrossEntropy(0.2, s, y) }

func sumOfSmoothed(s, y *autodiff.Node) *autodiff.Node {
	return losses.EachSmoothedCrossEntropy(0.2, s, y).Sum()
}

func classWeighted(s, y *autodiff.Node) *autodiff.Node {
	return losses.WeightedMean(losses.EachSoftmaxCrossEntropy(s, y), losses.ClassWeights(y, 0.5, 2, 3))
}

// The values are those of torch.nn.functional.cross_entropy of PyTorch 1.13 in float64,
// with label_smoothing, reduction="sum" and weight.
func TestCrossEntropiesAreThoseOfPyTorch(t *testing.T) {
	soft, hard := feed(tensor.Float64, []int{4, 3}, fourSoft), labels(fourLabels)
	for _, c := range []struct {
		name string
		loss autodiff.LossFunc
		y    *tensor.Dense
		want float64
		grad []float64
	}{
		{"smoothed", smoothed, hard, 1.9615081314229803, []float64{
			0.03363017645389989, -0.0015175486412959613, -0.032112627812603906, 0.21302903916582497, -0.2040280692986337, -0.009000969867191278,
			-0.21142892356716864, 0.1118284240864704, 0.0996004994806982, -0.09883904566262952, 0.11355299341303451, -0.014713947750405014}},
		{"sum", sumOfSmoothed, hard, 7.846032525691921, []float64{
			0.13452070581559955, -0.006070194565183845, -0.12845051125041562, 0.8521161566632999, -0.8161122771945348, -0.03600387946876511,
			-0.8457156942686745, 0.4473136963458816, 0.3984019979227928, -0.3953561826505181, 0.45421197365213806, -0.058855791001620056}},
		{"soft", losses.SoftmaxCrossEntropy, soft, 1.6802581314229803, []float64{
			-0.07470315687943344, -0.04735088197462929, 0.12205403885406277, 0.22969570583249163, -0.23736140263196703, 0.007665696799475389,
			-0.01976225690050195, 0.07849509075313706, -0.05873283385263513, 0.04282762100403714, -0.01978033992029883, -0.02304728108373835}},
		{"soft, smoothed", smoothed, soft, 1.7245081314229802, []float64{
			-0.0663698235461001, -0.05151754864129596, 0.1178873721873961, 0.21302903916582497, -0.2040280692986337, -0.009000969867191278,
			-0.031428923567168615, 0.07182842408647039, -0.04039950051930179, 0.04116095433737049, -0.006447006586965481, -0.03471394775040501}},
		{"weights of classes", classWeighted, hard, 1.5314785044578823, []float64{
			0.10059368624113312, 0.03029823605074141, -0.13089192229187446, 0.3062609411099888, -0.316481870175956, 0.010220929065967185,
			-0.08158741896683398, 0.04283169691771235, 0.038755722049121616, -0.044057459665320944, 0.04340655335990039, 0.000650906305420551}},
	} {
		got, ds := evaluate(t, c.loss, feed(tensor.Float64, []int{4, 3}, fourScores), c.y)
		assert.InEpsilon(t, c.want, got, 20*0x1p-53, c.name) // sums of twelve terms
		assert.InDeltaSlice(t, c.grad, ds, 20*0x1p-53, c.name)
	}
}

// A one-hot row is a label, and without smoothing nothing is smoothed.
func TestCrossEntropiesAgree(t *testing.T) {
	hot := make([]float64, 12)
	for i, y := range fourLabels {
		hot[3*i+y] = 1
	}
	s := feed(tensor.Float64, []int{4, 3}, fourScores)
	want, grad := evaluate(t, losses.SoftmaxCrossEntropy, s, labels(fourLabels))
	for name, c := range map[string]struct {
		loss autodiff.LossFunc
		y    *tensor.Dense
	}{
		"one-hot":      {losses.SoftmaxCrossEntropy, feed(tensor.Float64, []int{4, 3}, hot)},
		"no smoothing": {func(s, y *autodiff.Node) *autodiff.Node { return losses.SmoothedCrossEntropy(0, s, y) }, labels(fourLabels)},
		"weights of 1": {equalWeights, labels(fourLabels)},
	} {
		got, ds := evaluate(t, c.loss, s, c.y)
		assert.InEpsilon(t, want, got, 20*0x1p-53, name)
		assert.InDeltaSlice(t, grad, ds, 20*0x1p-53, name)
	}
}

func equalWeights(s, y *autodiff.Node) *autodiff.Node {
	return losses.WeightedMean(losses.EachSoftmaxCrossEntropy(s, y), losses.ClassWeights(y, 1, 1, 1))
}

// Where the model is sure, e^−30 in float32, all the loss is smoothing, ε·20 here, and
// with a target of probability 0 on a score of −∞ nothing is lost.
func TestSmoothedCrossEntropyOfASureModel(t *testing.T) {
	got, ds := evaluate(t, smoothed, row(30, 0, 0), labels([]int{0}))
	assert.InEpsilon(t, 0.2*20, got, 0x1p-22)
	assert.InDeltaSlice(t, []float64{0.4 / 3, -0.2 / 3, -0.2 / 3}, ds, 0x1p-22) // softmax − targets
	masked := func(s, y *autodiff.Node) *autodiff.Node {
		zero := s.Graph().Scalar(0)
		return losses.SoftmaxCrossEntropy(s.Greater(zero).Where(s, zero.Log()), y)
	}
	got, ds = evaluate(t, masked, row(2, 2, -1), row(0.5, 0.5, 0))
	assert.InEpsilon(t, math.Ln2, got, 0x1p-22)
	assert.Equal(t, []float64{0, 0, 0}, ds)
}

// The terms of a loss have its mean.
func TestTermsOfLosses(t *testing.T) {
	for _, test := range termTests {
		f, y := feed(tensor.Float64, []int{5}, scores), feed(tensor.Float64, []int{5}, targets)
		if test.classes {
			f, y = feed(tensor.Float64, []int{4, 3}, fourScores), labels(fourLabels)
		}
		want, grad := evaluate(t, test.mean, f, y)
		got, ds := evaluate(t, func(f, y *autodiff.Node) *autodiff.Node {
			l := test.each(f, y)
			assert.Equal(t, autodiff.Shape{f.Shape()[0]}, l.Shape(), test.name)
			return l.Mean()
		}, f, y)
		assert.InEpsilon(t, want, got, 20*0x1p-53, test.name)
		assert.InDeltaSlice(t, grad, ds, 20*0x1p-53, test.name)
	}
	got, ds := evaluate(t, func(f, y *autodiff.Node) *autodiff.Node {
		return losses.EachSquared(f, y).Mul(f.Graph().Constant(feed(tensor.Float64, []int{2}, []float64{1, 10}))).Sum()
	}, feed(tensor.Float64, []int{2, 3}, []float64{1, 2, 3, 4, 5, 6}), feed(tensor.Float64, []int{2, 3}, []float64{1, 1, 1, 2, 2, 2}))
	assert.Equal(t, 0.+1+4+10*(4+9+16), got)
	assert.Equal(t, []float64{0, 2, 4, 40, 60, 80}, ds)
}

// termTests are the losses with their terms.
var termTests = []struct {
	name       string
	mean, each autodiff.LossFunc
	classes    bool
}{
	{"EachSquared", losses.Squared, losses.EachSquared, false},
	{"EachHuber", huber, func(f, y *autodiff.Node) *autodiff.Node { return losses.EachHuber(threshold, f, y) }, false},
	{"EachHinge", losses.Hinge, losses.EachHinge, false},
	{"EachLogistic", losses.Logistic, losses.EachLogistic, false},
	{"EachMulticlassHinge", losses.MulticlassHinge, losses.EachMulticlassHinge, true},
	{"EachSoftmaxCrossEntropy", losses.SoftmaxCrossEntropy, losses.EachSoftmaxCrossEntropy, true},
	{"EachSmoothedCrossEntropy", smoothed, func(s, y *autodiff.Node) *autodiff.Node {
		return losses.EachSmoothedCrossEntropy(0.2, s, y)
	}, true},
}

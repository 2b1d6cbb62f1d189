package metric_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/optim"
	"declive/train/metric"
)

func of[T any](x []T, shape ...int) *tensor.Dense {
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(append([]T{}, x...)))
}

// Five examples of three classes, of two classes, and of a regression.
var (
	threeScores = []float64{0.2, -1, 1.5, 3, 0.1, -0.4, -2.5, 0.7, 0.6, 1.1, 1.2, -3, 0.5, 0.25, -1}
	threeLabels = []int{2, 1, 1, 0, 0}
	oneHot      = []float64{0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0}
	twoScores   = []float64{0.5, -2, 3, 0.25, -0.75}
	signs       = []float64{1, -1, -1, 1, 1}
	predictions = []float64{1.5, 2, -1, 4.25, 0.5}
	numbers     = []float64{1, 2.5, -2, 4, 1}
)

// scikit-learn: f1_score(average="macro"), balanced_accuracy_score, log_loss,
// top_k_accuracy_score, roc_auc_score, r2_score, mean_squared_error(squared=False),
// mean_absolute_error. The calibration error is a sum of five terms by NumPy.
func TestMetricsOfScores(t *testing.T) {
	for _, c := range []struct {
		name          string
		begin         func() optim.Metric
		scores, truth *tensor.Dense // of five examples
		want          float64
	}{
		{"F1", metric.MacroF1, of(threeScores, 5, 3), of(threeLabels, 5), 2. / 3},
		{"F1 of one-hot targets", metric.MacroF1, of(threeScores, 5, 3), of(oneHot, 5, 3), 2. / 3},
		{"F1 of two classes", metric.MacroF1, of(twoScores, 5, 1), of(signs, 5), 0.5833333333333333},
		{"recall", metric.MacroRecall, of(threeScores, 5, 3), of(threeLabels, 5), 2. / 3},
		{"log loss", metric.SoftmaxLogLoss, of(threeScores, 5, 3), of(threeLabels, 5), 1.0800289424187668},
		{"log loss of two classes", metric.SoftmaxLogLoss, of(twoScores, 5), of(signs, 5), 1.0724805545581135},
		{"calibration", metric.SoftmaxCalibration, of(threeScores, 5, 3), of(threeLabels, 5), 0.3292379869538295},
		{"top 2", metric.Top(2), of(threeScores, 5, 3), of(threeLabels, 5), 1},
		{"top 1", metric.Top(1), of(threeScores, 5, 3), of(threeLabels, 5), 0.6},
		{"AUC", metric.AUC, of(twoScores, 5), of(signs, 5, 1), 0.5},
		{"R2", metric.R2, of(predictions, 5, 1), of(numbers, 5), 0.908459595959596},
		{"RMSE", metric.RMSE, of(predictions, 5), of(numbers, 5), 0.6020797289396148},
		{"MAE", metric.MAE, of(predictions, 5), of(numbers, 5), 0.55},
	} {
		whole := c.begin()
		require.NoError(t, whole.Add(c.scores, c.truth), c.name)
		assert.InDelta(t, c.want, whole.Value(), 1e-14, c.name)

		parts := c.begin() // a function begins a new one each time
		for _, rows := range [][2]int{{0, 2}, {2, 5}} {
			require.NoError(t, parts.Add(slice(t, c.scores, rows), slice(t, c.truth, rows)), c.name)
		}
		assert.InDelta(t, c.want, parts.Value(), 1e-14, c.name)
	}
}

// slice returns a copy of some rows.
func slice(t *testing.T, v *tensor.Dense, rows [2]int) *tensor.Dense {
	s, err := v.Slice(tensor.S(rows[0], rows[1]))
	require.NoError(t, err)
	return s.Materialize().(*tensor.Dense)
}

// In single precision scores have 24 bits.
func TestMetricsOfSingleScores(t *testing.T) {
	m := metric.RMSE()
	require.NoError(t, m.Add(of([]float32{1.5, 2}, 2), of([]float32{1, 2.5}, 2)))
	assert.Equal(t, 0.5, m.Value())
}

func TestMetricsOfScoresRefuse(t *testing.T) {
	for _, c := range []struct {
		begin         func() optim.Metric
		scores, truth *tensor.Dense
		want          string
	}{
		{metric.MacroF1, of(twoScores, 5), of(numbers, 5), "metric: example 1 has the target 2.5, want −1 or 1"},
		{metric.MacroF1, of([]float64{math.NaN(), 1}, 1, 2), of([]int{0}, 1), "metric: example 0 has score NaN, want a finite number"},
		{metric.AUC, of(threeScores, 5, 3), of(threeLabels, 5), "metric: AUC: there are 3 classes, want 2"},
		{metric.R2, of(twoScores, 5), of(threeLabels, 5), "metric: a regression has numbers as targets, not labels of 5 examples"},
		{metric.Top(0), of(threeScores, 5, 3), of(threeLabels, 5), "metric: TopK: K is 0, want at least 1"},
		{metric.SoftmaxLogLoss, of(threeScores, 5, 3), of(signs, 5), "metric: scores of shape (5, 3) do not go with targets of shape (5)"},
	} {
		assert.EqualError(t, c.begin().Add(c.scores, c.truth), c.want)
	}
	for _, begin := range []func() optim.Metric{metric.MacroF1, metric.AUC, metric.SoftmaxLogLoss, metric.R2, metric.MAE} {
		assert.True(t, math.IsNaN(begin().Value()), "of no example")
	}
}

// Predictions of five numbers.
func ExampleR2() {
	m := metric.R2()
	err := m.Add(of([]float64{1.5, 2, -1, 4.25, 0.5}, 5), of([]float64{1, 2.5, -2, 4, 1}, 5))
	fmt.Printf("%.4f %v\n", m.Value(), err)
	// Output: 0.9085 <nil>
}

package metric_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"declive/train/metric"
)

// The values below that are called scikit-learn's are what the functions named return
// for the same predictions in scikit-learn 1.2.1. Ours may differ by some roundings.

func confusion(t testing.TB, classes int, predicted, labels []int) *metric.Confusion {
	c := metric.NewConfusion(classes)
	require.NoError(t, c.Add(predicted[:1], labels[:1]))
	require.NoError(t, c.Add(predicted[1:], labels[1:]))
	return c
}

// scikit-learn: confusion_matrix.
func TestConfusionMatrix(t *testing.T) {
	c := confusion(t, 3, []int{0, 0, 2, 2, 0, 2}, []int{2, 0, 2, 2, 0, 1})
	assert.Equal(t, [][]int{{2, 0, 0}, {0, 0, 1}, {1, 0, 2}}, c.Counts())
	assert.InDelta(t, 4./6, c.Accuracy(), 1e-15)
}

// scikit-learn: precision_score, recall_score and f1_score, for each class and
// averaged.
func TestClassScores(t *testing.T) {
	c := confusion(t, 3, []int{0, 2, 1, 0, 0, 1}, []int{0, 1, 2, 0, 1, 2})
	assert.Equal(t, metric.ClassScore{Precision: 2. / 3, Recall: 1, F1: 0.8, Support: 2}, c.Class(0))
	assert.Equal(t, metric.ClassScore{Support: 2}, c.Class(1))
	assert.InDelta(t, 2./9, c.Macro().Precision, 1e-15)
	assert.InDelta(t, 1./3, c.Macro().Recall, 1e-15)
	assert.InDelta(t, 0.8/3, c.Macro().F1, 1e-15)
	assert.InDelta(t, 2./9, c.Weighted().Precision, 1e-15)
	assert.InDelta(t, 1./3, c.Accuracy(), 1e-15)
}

// scikit-learn: classification_report, with 17 digits, which leaves out class 3, too.
func TestReport(t *testing.T) {
	c := confusion(t, 4, []int{0, 0, 2, 1, 0}, []int{0, 1, 2, 2, 0}) // class 3 does not occur
	for _, row := range []struct {
		got                   metric.ClassScore
		precision, recall, f1 float64
		support               int
	}{
		{c.Class(0), 2. / 3, 1, 0.8, 2},
		{c.Class(1), 0, 0, 0, 1},
		{c.Class(2), 1, 0.5, 2. / 3, 2},
		{c.Macro(), 5. / 9, 0.5, 22. / 45, 5},
		{c.Weighted(), 2. / 3, 0.6, 44. / 75, 5},
	} {
		assert.InDeltaSlice(t, []float64{row.precision, row.recall, row.f1}, []float64{row.got.Precision, row.got.Recall, row.got.F1}, 1e-15)
		assert.Equal(t, row.support, row.got.Support)
	}
	assert.InDelta(t, 0.60, c.Accuracy(), 1e-15)
}

// scikit-learn: top_k_accuracy_score, but for ties, of which it counts the last.
func TestTopK(t *testing.T) {
	m := &metric.TopK{K: 2}
	require.NoError(t, m.Add([]float64{0.5, 0.2, 0.2, 0.3, 0.4, 0.2, 0.2, 0.4, 0.3}, []int{0, 1, 2}))
	require.NoError(t, m.Add([]float64{0.7, 0.2, 0.1}, []int{2}))
	assert.Equal(t, 0.75, m.Value())
	tied := &metric.TopK{K: 2}
	require.NoError(t, tied.Add([]float64{1, 1, 1}, []int{1}))
	require.NoError(t, tied.Add([]float64{1, 1, 1}, []int{2}))
	assert.Equal(t, 0.5, tied.Value(), "of equal scores the first count")
}

// scikit-learn: log_loss.
func TestLogLoss(t *testing.T) {
	var a, b metric.LogLoss
	require.NoError(t, a.Add([]float64{0.9, 0.1, 0.8, 0.2, 0.3, 0.7}, []int{0, 0, 1}))
	require.NoError(t, a.Add([]float64{0.01, 0.99}, []int{1}))
	assert.InDelta(t, 0.1738073366910675, a.Value(), 1e-15)
	require.NoError(t, b.Add([]float64{0.1, 0.9, 0.9, 0.1, 0.8, 0.2, 0.35, 0.65}, []int{1, 0, 0, 1}))
	assert.InDelta(t, 0.21616187468057912, b.Value(), 1e-15)
}

// scikit-learn: roc_curve and roc_auc_score.
func TestROC(t *testing.T) {
	var m metric.ROC
	require.NoError(t, m.Add([]float64{0.1, 0.4, 0.35}, []int{0, 0, 1}))
	require.NoError(t, m.Add([]float64{0.8}, []int{1}))
	x, y := m.Curve()
	assert.Equal(t, []float64{0, 0, 0.5, 0.5, 1}, x)
	assert.Equal(t, []float64{0, 0.5, 0.5, 1, 1}, y)
	assert.Equal(t, 0.75, m.AUC())
}

// The area is what a count of all pairs says.
func TestAUCCountsPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 6), func(i int) float64 { return float64(i) }), 2, 20).Draw(t, "scores")
		labels := rapid.SliceOfN(rapid.IntRange(0, 1), len(scores), len(scores)).Draw(t, "labels")
		var m metric.ROC
		require.NoError(t, m.Add(scores, labels))
		won, pairs := 0.0, 0.0
		for i, p := range scores {
			for j, n := range scores {
				if labels[i] == 1 && labels[j] == 0 {
					pairs++
					switch {
					case p > n:
						won++
					case p == n:
						won += 0.5
					}
				}
			}
		}
		if pairs == 0 {
			require.True(t, math.IsNaN(m.AUC()))
			return
		}
		require.InDelta(t, won/pairs, m.AUC(), 1e-12)
	})
}

// Two bins by hand: 0.6 and 0.9 are above one half, 0.4 is not.
func TestCalibration(t *testing.T) {
	m := &metric.Calibration{Bins: 2}
	require.NoError(t, m.Add([]float64{0.6, 0.3, 0.1, 0.05, 0.9, 0.05}, []int{0, 2}))
	require.NoError(t, m.Add([]float64{0.3, 0.4, 0.3, 0.5, 0.5, 0}, []int{1, 0}))
	curve := m.Curve()
	require.Len(t, curve, 2)
	assert.Equal(t, 2, curve[0].Examples, "one half belongs to the first")
	assert.InDelta(t, 0.45, curve[0].Confidence, 1e-15)
	assert.Equal(t, 1.0, curve[0].Accuracy)
	assert.InDelta(t, 0.75, curve[1].Confidence, 1e-15)
	assert.Equal(t, 0.5, curve[1].Accuracy)
	assert.InDelta(t, 2./4*(1-0.45)+2./4*(0.75-0.5), m.Value(), 1e-15)
}

// scikit-learn: r2_score, mean_absolute_error and mean_squared_error(squared=False).
func TestRegression(t *testing.T) {
	var m metric.Regression
	require.NoError(t, m.Add([]float64{2.5, 0, 2}, []float64{3, -0.5, 2}))
	require.NoError(t, m.Add([]float64{8}, []float64{7}))
	assert.InDelta(t, 0.9486081370449679, m.R2(), 1e-15)
	assert.InDelta(t, 0.5, m.MAE(), 1e-15)
	assert.InDelta(t, 0.6123724356957945, m.RMSE(), 1e-15)

	var far metric.Regression
	require.NoError(t, far.Add([]float64{1e9 + 2.5, 1e9, 1e9 + 2, 1e9 + 8}, []float64{1e9 + 3, 1e9 - 0.5, 1e9 + 2, 1e9 + 7}))
	assert.InDelta(t, m.R2(), far.R2(), 1e-7, "a large mean costs no digits")
}

// However the examples are cut into batches.
func TestBatchesCountByTheirSize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		labels := rapid.SliceOfN(rapid.IntRange(0, 2), n, n).Draw(t, "labels")
		var p []float64
		for range n {
			a := rapid.Float64Range(0.01, 0.98).Draw(t, "a")
			p = append(p, a, (1-a)/3, 2*(1-a)/3)
		}
		cut := rapid.IntRange(0, n).Draw(t, "cut")
		values := func(cuts ...int) []float64 {
			var loss metric.LogLoss
			var calibration metric.Calibration
			top := metric.TopK{K: 2}
			for i := 0; i+1 < len(cuts); i++ {
				from, to := cuts[i], cuts[i+1]
				require.NoError(t, loss.Add(p[3*from:3*to], labels[from:to]))
				require.NoError(t, top.Add(p[3*from:3*to], labels[from:to]))
				require.NoError(t, calibration.Add(p[3*from:3*to], labels[from:to]))
			}
			return []float64{loss.Value(), top.Value(), calibration.Value()}
		}
		require.InDeltaSlice(t, values(0, n), values(0, cut, n), 1e-12)
	})
}

func TestNothingAdded(t *testing.T) {
	var loss metric.LogLoss
	var roc metric.ROC
	var r metric.Regression
	require.NoError(t, r.Add([]float64{1}, []float64{2}))
	assert.True(t, math.IsNaN(r.R2()), "targets that are all equal")
	for _, v := range []float64{
		metric.NewConfusion(2).Accuracy(), metric.NewConfusion(2).Macro().F1, (&metric.TopK{K: 1}).Value(), loss.Value(), roc.AUC(),
		(&metric.Calibration{}).Value(), new(metric.Regression).RMSE(), new(metric.Regression).R2(),
	} {
		assert.True(t, math.IsNaN(v))
	}
}

func TestRefusedBatchesChangeNothing(t *testing.T) {
	var loss metric.LogLoss
	require.NoError(t, loss.Add([]float64{0.5, 0.5}, []int{0}))
	for want, add := range map[string]func() error{
		"metric: LogLoss: example 1 has label 2, want 0 to 1":                     func() error { return loss.Add([]float64{0.5, 0.5, 1, 0}, []int{0, 2}) },
		"metric: LogLoss: example 1 has probabilities with the sum 1.5, want 1":   func() error { return loss.Add([]float64{0.5, 0.5, 1, 0.5}, []int{0, 0}) },
		"metric: LogLoss: example 0 has probability -2, want one from 0 to 1":     func() error { return loss.Add([]float64{-2, 3}, []int{0}) },
		"metric: LogLoss: example 0 has score NaN, want a finite number":          func() error { return loss.Add([]float64{math.NaN(), 1}, []int{0}) },
		"metric: LogLoss: 3 scores are no rows for 2 examples":                    func() error { return loss.Add([]float64{1, 0, 0}, []int{0, 1}) },
		"metric: Confusion: example 0 has prediction 5, want 0 to 2":              func() error { return metric.NewConfusion(3).Add([]int{5}, []int{0}) },
		"metric: Calibration: -1 bins, want 1 to 65536, the same for all batches": func() error { return (&metric.Calibration{Bins: -1}).Add(nil, nil) },
		"metric: Regression: example 1 has target +Inf, want a finite number":     func() error { return new(metric.Regression).Add([]float64{1, 2}, []float64{1, math.Inf(1)}) },
		"metric: ROC: 2 scores for 1 labels":                                      func() error { return new(metric.ROC).Add([]float64{1, 2}, []int{1}) },
	} {
		assert.EqualError(t, add(), want)
	}
	assert.InDelta(t, math.Ln2, loss.Value(), 1e-15)
}

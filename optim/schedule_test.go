package optim_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/exported"
	"declive/optim"
)

type scheduleTest struct {
	name     string
	schedule optim.Schedule
	want     map[int]float64
}

// Each row holds factors worked out by hand.
var scheduleTests = []scheduleTest{
	{"Constant", optim.Constant(0.5), map[int]float64{1: 0.5, 1000: 0.5}},
	{"StepDecay", optim.StepDecay(10, 0.5), map[int]float64{1: 1, 10: 1, 11: 0.5, 20: 0.5, 21: 0.25}},
	{"Exponential", optim.Exponential(0.5), map[int]float64{1: 1, 2: 0.5, 4: 0.125}},
	{"InverseTime", optim.InverseTime(0.25), map[int]float64{1: 1, 5: 0.5, 13: 0.25}},
	{"Cosine", optim.Cosine(4, 0.2), map[int]float64{1: 1, 3: 0.6, 5: 0.2, 6: 0.2, 1000: 0.2}},
	{"CosineRestarts", optim.CosineRestarts(4, 2, 0.2), map[int]float64{1: 1, 3: 0.6, 4: 0.6 - 0.4*math.Sqrt2/2, 5: 1, 9: 0.6, 13: 1, 29: 1}},
	{"CosineRestarts", optim.CosineRestarts(4, 1, 0.2), map[int]float64{1: 1, 3: 0.6, 5: 1, 7: 0.6, 401: 1}},
	{"Polynomial", optim.Polynomial(4, 2, 0.2), map[int]float64{1: 1, 3: 0.4, 5: 0.2, 100: 0.2}},
	{"Linear", optim.Linear(4, 0.2), map[int]float64{1: 1, 2: 0.8, 3: 0.6, 5: 0.2, 100: 0.2}},
	{"OneCycle", optim.OneCycle(10, 0.4, 0.2), map[int]float64{2: 0.04 + 0.96*0.5, 4: 1, 7: 0.6, 10: 0.2, 11: 0.2}},
	{"OneCycleMomentum", optim.OneCycleMomentum(10, 0.4, 0.2), map[int]float64{2: 0.6, 4: 0.2, 7: 0.6, 10: 1, 11: 1}},
	{"WarmUp", optim.WarmUp(4), map[int]float64{1: 0.25, 3: 0.75, 4: 1, 5: 1}},
}

func TestSchedules(t *testing.T) {
	for _, test := range scheduleTests {
		for step, want := range test.want {
			assert.InDelta(t, want, test.schedule(step), 4*0x1p-53, "%s(%d)", test.name, step)
		}
	}
}

func TestEveryScheduleHasARow(t *testing.T) {
	functions, err := exported.Functions(".")
	require.NoError(t, err)
	found := 0
	for _, f := range functions {
		if f.Result == "Schedule" {
			found++
			row := func(tt scheduleTest) bool { return tt.name == f.Name }
			assert.True(t, slices.ContainsFunc(scheduleTests, row), "%s has no row in scheduleTests", f.Name)
		}
	}
	assert.GreaterOrEqual(t, found, 6)
}

func TestSchedulesWithoutMeaningAreNotANumber(t *testing.T) {
	for name, s := range map[string]optim.Schedule{
		"StepDecay": optim.StepDecay(0, 0.5), "InverseTime": optim.InverseTime(-1),
		"Cosine": optim.Cosine(0, 0.1), "CosineRestarts": optim.CosineRestarts(4, 0.5, 0),
		"CosineRestarts of 0": optim.CosineRestarts(0, 1, 0), "Polynomial": optim.Polynomial(4, 0, 0), "Linear": optim.Linear(0, 1),
		"OneCycle": optim.OneCycle(4, 1, 0), "OneCycle of NaN": optim.OneCycle(4, math.NaN(), 0), "WarmUp": optim.WarmUp(-3),
		"OneCycleMomentum": optim.OneCycleMomentum(4, 0, 0.5),
	} {
		assert.True(t, math.IsNaN(s(1)), name)
	}
}

func TestSchedulesMultiply(t *testing.T) {
	rule := optim.Scheduled(optim.Scheduled(optim.SGD{LearningRate: 8}, optim.WarmUp(4)), optim.Exponential(0.5))
	assert.Equal(t, 8*0.25, rule.Rate(1))
	assert.Equal(t, 8*0.5*0.5, rule.Rate(2))
	assert.Equal(t, 8*1*0.03125, rule.Rate(6))
}

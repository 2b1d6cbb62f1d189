package trial_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/gradcheck"
	"declive/gradcheck/internal/trial"
)

func check(t *testing.T, c trial.Case) *gradcheck.Report {
	t.Helper()
	r, err := gradcheck.Compute(t.Context(), c.Problem(), c.Options...)
	require.NoError(t, err, c.Name)
	return r
}

// Every kind of wrong gradient in the catalogue fails, and the causes of four in
// five are named or localised.
func TestWrongGradientsFail(t *testing.T) {
	cases := trial.Wrong()
	require.GreaterOrEqual(t, len(cases), 50)
	named := 0
	for _, c := range cases {
		r := check(t, c)
		assert.False(t, r.OK(), c.Name)
		if c.Cause != "" && regexp.MustCompile(c.Cause).MatchString(r.String()) {
			named++
			continue
		}
		t.Logf("not named: %s\n%v", c.Name, r)
	}
	t.Logf("%d of %d causes named or localised", named, len(cases))
	assert.GreaterOrEqual(t, named, len(cases)*8/10)
}

// No awkward correct gradient does.
func TestAwkwardGradientsPass(t *testing.T) {
	cases := trial.Awkward()
	require.GreaterOrEqual(t, len(cases), 30)
	for _, c := range cases {
		r := check(t, c)
		assert.True(t, r.OK(), "%s: %v", c.Name, r)
	}
}

// The models that bugs are put into are right without a bug.
func TestModelsAreRightWithoutABug(t *testing.T) {
	for _, c := range trial.Right() {
		r := check(t, c)
		assert.True(t, r.OK(), "%s: %v", c.Name, r)
	}
}

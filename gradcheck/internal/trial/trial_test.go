package trial_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

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
	t.Parallel()
	cases := trial.Wrong()
	require.GreaterOrEqual(t, len(cases), 50)
	named, placed := 0, 0
	for _, c := range cases {
		r := check(t, c)
		assert.False(t, r.OK(), c.Name)
		n, p := c.Named(r.String())
		named, placed = named+btoi(n), placed+btoi(p)
		assert.True(t, n || c.Cause == "", "not named: %s\n%v", c.Name, r)
		assert.True(t, p || c.Place == "", "not localised: %s\n%v", c.Name, r)
	}
	t.Logf("of %d causes %d are named, %d named or localised to a tensor", len(cases), named, placed)
	assert.GreaterOrEqual(t, placed, len(cases)*9/10)
	assert.GreaterOrEqual(t, named, len(cases)*7/10)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// No awkward correct gradient does.
func TestAwkwardGradientsPass(t *testing.T) {
	t.Parallel()
	cases := trial.Awkward()
	require.GreaterOrEqual(t, len(cases), 30)
	for _, c := range cases {
		r := check(t, c)
		assert.True(t, r.OK(), "%s: %v", c.Name, r)
	}
}

// The models that bugs are put into are right without a bug.
func TestModelsAreRightWithoutABug(t *testing.T) {
	t.Parallel()
	for _, c := range trial.Right() {
		r := check(t, c)
		assert.True(t, r.OK(), "%s: %v", c.Name, r)
	}
}

var (
	seed  = flag.Uint64("seed", 1, "of the random graphs")
	whole = flag.Bool("whole", false, "all random graphs; else a quarter of them")
)

// some returns n of the whole, else a quarter.
func some(n int) int {
	if *whole {
		return n
	}
	return n / 4
}

// Faults in random graphs are found, and right gradients of random graphs pass.
func TestRandomGraphs(t *testing.T) {
	t.Parallel()
	cases, err := trial.Mutants(*seed, some(400))
	require.NoError(t, err)
	missed, large := 0, 0
	for _, c := range cases {
		if c.Size < 1e-5 {
			continue // below what the tolerance of 1e-6 promises for sums of many terms
		}
		large++
		if r := check(t, c); r.OK() {
			missed++
			t.Logf("missed: %s, relative error %.1e", c.Name, c.Size)
		}
	}
	t.Logf("%d of %d faults missed", missed, large)
	assert.LessOrEqual(t, missed, large/200)
}

// No right gradient among coordinates of random graphs and networks is refused, in
// each precision: twenty thousand of the whole; evaluate -alarms does the same for a
// million.
func TestNoFalseAlarm(t *testing.T) {
	t.Parallel()
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		coords := 0
		for k := uint64(0); coords < some(20000); k++ {
			draw := trial.Graph
			if k%16 == 0 {
				draw = trial.Network
			}
			c, err := draw(*seed, k, dt)
			require.NoError(t, err)
			r := check(t, c)
			assert.True(t, r.OK(), "%s: %v", c.Name, r)
			for _, v := range r.Vars {
				coords += len(v.Coords)
			}
		}
	}
}

// Right gradients of random graphs at points twelve times as far, where units
// saturate and slopes are as small as the rounding of the values, pass in both
// precisions. The graphs listed by number were refused once.
func TestSaturatedGraphs(t *testing.T) {
	t.Parallel()
	ks := []uint64{1227}
	for k := range uint64(some(150)) {
		ks = append(ks, k)
	}
	for _, dt := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		for _, k := range ks {
			c, err := trial.Graph(777, k, dt)
			require.NoError(t, err)
			p := c.Problem()
			p.Vars = slices.Clone(p.Vars)
			for b := range p.Vars {
				far := slices.Clone(p.Vars[b].Value)
				for i := range far {
					far[i] = float64(float32(12 * far[i]))
				}
				p.Vars[b].Value = far
			}
			r, err := gradcheck.Compute(t.Context(), p)
			require.NoError(t, err)
			assert.True(t, r.OK(), "%v %s: %v", dt, c.Name, r)
		}
	}
}

// What rounding is allowed in float32 hides no mistake: a gradient that is off by
// a hundredth fails, unless it is all 0.
func TestFloat32FindsAHundredth(t *testing.T) {
	t.Parallel()
	tried, missed := 0, 0
	for k := range uint64(some(300)) {
		c, err := trial.Graph(*seed, k, tensor.Float32)
		require.NoError(t, err)
		p := c.Problem()
		right, all := p.VJP, 0.0
		p.VJP = func(x [][]float64, v []float64) ([][]float64, error) {
			g, err := right(x, v)
			for b := range g {
				for i := range g[b] {
					all += g[b][i] * g[b][i]
					g[b][i] = float64(float32(1.01 * g[b][i]))
				}
			}
			return g, err
		}
		r, err := gradcheck.Compute(t.Context(), p)
		require.NoError(t, err)
		if all > 0 {
			tried++
			missed += btoi(r.OK())
		}
	}
	t.Logf("%d of %d missed", missed, tried)
	assert.LessOrEqual(t, missed, tried/200)
}

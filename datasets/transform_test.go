package datasets_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"declive/datasets"
)

// columns returns the columns of all examples, in float64.
func columns(t require.TestingT, d *datasets.Dataset) [][]float64 {
	b, err := d.Float64().All()
	require.NoError(t, err)
	cols := make([][]float64, d.Features())
	for i, x := range b.X.Float64s() {
		cols[i%len(cols)] = append(cols[i%len(cols)], x)
	}
	return cols
}

// meanAndDeviation are those of a column, written as in a textbook.
func meanAndDeviation(x []float64) (mean, deviation float64) {
	n := float64(len(x))
	for _, v := range x {
		mean += v / n
	}
	for _, v := range x {
		deviation += (v - mean) * (v - mean) / n
	}
	return mean, math.Sqrt(deviation)
}

func TestStandardise(t *testing.T) {
	d := must(t)(datasets.New([]uint8{0, 7, 255, 10, 7, 250, 30, 7, 240, 80, 7, 200, 99, 7, 3}, 3))
	train := must(t)(d.Slice(0, 4))
	transform := datasets.Standardise(train)
	assert.Equal(t, []float64{30, 7, 236.25}, transform.Shift)
	assert.Equal(t, 1.0, transform.Scale[1], "the scale of a constant feature")

	// 16 rounding errors of 2⁻⁵³ are more than four additions of numbers of
	// size 1 make.
	const tolerance = 16 * 0x1p-53
	for j, x := range columns(t, must(t)(train.With(transform))) {
		mean, deviation := meanAndDeviation(x)
		assert.InDelta(t, 0, mean, tolerance, "feature %d", j)
		if j == 1 {
			assert.Equal(t, []float64{0, 0, 0, 0}, x)
			continue
		}
		assert.InDelta(t, 1, deviation, tolerance, "feature %d", j)
	}
	all := columns(t, must(t)(d.With(transform)))
	assert.Equal(t, (99-30)*transform.Scale[0], all[0][4], "an example that the fit has not seen")
}

func TestStandardiseChannels(t *testing.T) {
	// Two channels of three pixels, in four images.
	d := must(t)(datasets.New([]float32{
		1, 2, 3, 10, 10, 10,
		4, 5, 6, 20, 20, 20,
		7, 8, 9, 30, 30, 30,
		0, 0, 1, 40, 41, 40,
	}, 2, 1, 3))
	transform := datasets.StandardiseChannels(d)
	cols := columns(t, d)
	for c := range 2 {
		var channel []float64
		for _, x := range cols[c*3 : c*3+3] {
			channel = append(channel, x...)
		}
		mean, deviation := meanAndDeviation(channel)
		for j := c * 3; j < c*3+3; j++ {
			assert.InEpsilon(t, mean, transform.Shift[j], 1e-14)
			assert.InEpsilon(t, 1/deviation, transform.Scale[j], 1e-14)
		}
	}
}

func TestSubtractMean(t *testing.T) {
	d := must(t)(datasets.New([]uint8{1, 10, 3, 20, 5, 60}, 1, 2))
	mean := datasets.SubtractMean(d)
	assert.Equal(t, []float64{3, 30}, mean.Shift)
	assert.Equal(t, [][]float64{{-2, 0, 2}, {-20, -10, 30}}, columns(t, must(t)(d.With(mean))))
}

func TestTransformsLeaveTheBiasAlone(t *testing.T) {
	d := must(t)(datasets.New([]uint8{1, 10, 3, 18}, 2)).WithBias()
	d = must(t)(d.With(datasets.Standardise(d), datasets.Scale(3)))
	assert.Equal(t, [][]float64{{-3, 3}, {-3, 3}, {1, 1}}, columns(t, d))
}

// A fit sees the examples as the transforms before it leave them.
func TestStandardiseAfterScale(t *testing.T) {
	d := must(t)(datasets.New([]uint8{0, 51, 255, 102}, 1, 2))
	scaled := must(t)(d.With(datasets.Scale(1.0 / 255)))
	transform := datasets.Standardise(scaled)
	assert.InDeltaSlice(t, []float64{0.5, 0.3}, transform.Shift, 1e-15)
	assert.InDeltaSlice(t, []float64{2, 10}, transform.Scale, 1e-14)
}

// The composition of transforms equals the transforms one after another.
func TestWithComposes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Float64Range(-2, 2)
		factor := rapid.Float64Range(0.5, 2)
		values := rapid.SliceOfN(number, 6, 6).Draw(t, "values")
		d, err := datasets.New(values, 3)
		require.NoError(t, err)
		want := append([]float64(nil), values...)
		for i := range rapid.IntRange(0, 4).Draw(t, "transforms") {
			size := rapid.SampledFrom([]int{1, 3})
			n, m := size.Draw(t, "shifts"), size.Draw(t, "scales")
			transform := datasets.Transform{
				Shift: rapid.SliceOfN(number, n, n).Draw(t, fmt.Sprint("shift", i)),
				Scale: rapid.SliceOfN(factor, m, m).Draw(t, fmt.Sprint("scale", i)),
			}
			d, err = d.With(transform)
			require.NoError(t, err)
			for k, x := range want {
				want[k] = (x - transform.Shift[k%3%n]) * transform.Scale[k%3%m]
			}
		}
		b, err := d.Float64().All()
		require.NoError(t, err)
		// Values and composed shifts stay below 64·2⁴; each of at most ten
		// operations on them rounds by 2⁻⁵³ of that.
		assert.InDeltaSlice(t, want, b.X.Float64s(), 10*64*16*0x1p-53)
	})
}

// Float32 batches of float64 rows are rounded after the shift: the years since
// 1990 keep all their digits.
func TestShiftBeforeRounding(t *testing.T) {
	d := must(t)(datasets.New([]float64{1e9 + 0.25, 1e9 + 0.75}))
	d = must(t)(d.With(datasets.SubtractMean(d)))
	b, err := d.All()
	require.NoError(t, err)
	assert.Equal(t, []float32{-0.25, 0.25}, b.X.Float32s())
}

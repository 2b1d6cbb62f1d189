package datasets_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
)

// images returns the pixels of every example.
func images(t testing.TB, d *datasets.Dataset) [][]float32 {
	b, err := d.All()
	require.NoError(t, err)
	x := b.X.Float32s()
	rows := make([][]float32, d.Len())
	for i := range rows {
		rows[i] = x[i*d.Features() : (i+1)*d.Features()]
	}
	return rows
}

func TestDigitsDependOnSeedAlone(t *testing.T) {
	few := must(t)(datasets.Digits(20, seeded(1)))
	many := must(t)(datasets.Digits(50, seeded(1)))
	other := must(t)(datasets.Digits(50, seeded(2)))
	assert.Equal(t, autodiff.Shape{1, 28, 28}, few.Shape())
	assert.Equal(t, images(t, few), images(t, many)[:20])
	assert.Equal(t, few.Labels(), many.Labels()[:20])
	assert.NotEqual(t, many.Labels(), other.Labels())
	assert.Zero(t, must(t)(datasets.Digits(0, seeded(1))).Len())
	_, err := datasets.Digits(-1, seeded(1))
	assert.EqualError(t, err, "datasets: Digits: -1 examples")
}

func TestDigitsLookLikeDigits(t *testing.T) {
	d := must(t)(datasets.Digits(2000, seeded(3)))
	labels := d.Labels()
	var count [10]int
	var top, bottom, edge, all [10]float64
	for i, image := range images(t, d) {
		y := labels[i]
		count[y]++
		for k, v := range image {
			row, col := k/28, k%28
			all[y] += float64(v)
			switch {
			case row == 0 || row == 27 || col == 0 || col == 27:
				edge[y] += float64(v)
			case row < 13:
				top[y] += float64(v)
			case row > 14:
				bottom[y] += float64(v)
			}
		}
	}
	for y := range 10 {
		// Binomial with mean 200 and deviation 13.4.
		assert.InDelta(t, 200, count[y], 5*13.4, "number of digits %d", y)
		mean := all[y] / float64(count[y]) / 784
		assert.Greater(t, mean, 15.0, "ink of %d", y)
		assert.Less(t, mean, 80.0, "ink of %d", y)
		assert.Less(t, edge[y], 0.1*all[y], "ink of %d at the edge", y)
	}
	assert.Greater(t, top[7], 1.2*bottom[7], "a seven stands on its foot")
	assert.Greater(t, top[9], 1.05*bottom[9], "the loop of a nine is above")
	assert.Greater(t, bottom[6], 1.05*top[6], "the loop of a six is below")
	assert.Less(t, all[1]/float64(count[1]), all[8]/float64(count[8]), "a one takes less ink than an eight")
}

// Images of one digit resemble each other more than those of two: the nearest
// mean image is that of the right digit far more often than one time in ten.
func TestDigitsCanBeToldApart(t *testing.T) {
	d := must(t)(datasets.Digits(3000, seeded(4)))
	pixels, labels := images(t, d), d.Labels()
	var means [10][784]float32
	for i, image := range pixels[:2500] {
		for k, v := range image {
			means[labels[i]][k] += v / 250
		}
	}
	right := 0
	for i := 2500; i < 3000; i++ {
		best, nearest := float32(math.Inf(1)), 0
		for y := range means {
			distance := float32(0)
			for k, v := range pixels[i] {
				distance += (v - means[y][k]) * (v - means[y][k])
			}
			if distance < best {
				best, nearest = distance, y
			}
		}
		if nearest == labels[i] {
			right++
		}
	}
	assert.Greater(t, right, 250, "of 500")
}

func BenchmarkDigits(b *testing.B) {
	for b.Loop() {
		_, err := datasets.Digits(1000, seeded(1))
		require.NoError(b, err)
	}
}

func TestBlobs(t *testing.T) {
	const n, classes = 3001, 3
	d := must(t)(datasets.Blobs(n, 4, classes, 0.1, seeded(1)))
	assert.Equal(t, autodiff.Shape{4}, d.Shape())
	for y := range classes {
		var members []int
		for i, label := range d.Labels() {
			if label == y {
				members = append(members, i)
			}
		}
		assert.InDelta(t, n/3, len(members), 1)
		for j, x := range columns(t, must(t)(d.Select(members...))) {
			mean, deviation := meanAndDeviation(x)
			assert.InDelta(t, 0, mean, 1, "class %d feature %d", y, j)
			// The deviation of 1000 draws has itself a deviation of σ/√2000.
			assert.InDelta(t, 0.1, deviation, 5*0.1/44, "class %d feature %d", y, j)
		}
	}
	assert.NotEqual(t, []int{0, 1, 2, 0, 1, 2, 0, 1, 2}, d.Labels()[:9], "the classes come in turn")
}

func TestMoonsWithoutNoise(t *testing.T) {
	d := must(t)(datasets.Moons(101, 0, seeded(1)))
	xy, counts := columns(t, d), [2]int{}
	for i, label := range d.Labels() {
		x, y := xy[0][i], xy[1][i]
		if label == 1 {
			x, y = 1-x, 0.5-y
		}
		assert.InDelta(t, 1, math.Hypot(x, y), 1e-15)
		assert.GreaterOrEqual(t, y, 0.0)
		counts[label]++
	}
	assert.Equal(t, [2]int{51, 50}, counts)
}

func TestSpiralsWithoutNoise(t *testing.T) {
	const n, classes = 302, 3
	d := must(t)(datasets.Spirals(n, classes, 0, seeded(1)))
	xy := columns(t, d)
	var radii [classes][]float64
	for i, label := range d.Labels() {
		r := math.Hypot(xy[0][i], xy[1][i])
		sin, cos := math.Sincos(4 * (float64(label) + r))
		assert.InDelta(t, r*sin, xy[0][i], 1e-13)
		assert.InDelta(t, r*cos, xy[1][i], 1e-13)
		radii[label] = append(radii[label], r)
	}
	for label, r := range radii {
		assert.Len(t, r, 101-label/2, "points of arm %d", label)
		mean, deviation := meanAndDeviation(r)
		// Evenly spaced from 0 to 1 in m steps: σ² = (1 + 2/m)/12.
		assert.InDelta(t, 0.5, mean, 1e-13)
		assert.InDelta(t, math.Sqrt((1+2/float64(len(r)-1))/12), deviation, 1e-13)
	}
	one := must(t)(datasets.Spirals(2, 3, 0, seeded(1)))
	assert.Equal(t, [][]float64{{0, 0}, {0, 0}}, columns(t, one))
}

func TestLinear(t *testing.T) {
	weights := []float64{2, -1, 0.5}
	exact := must(t)(datasets.Linear(200, weights, 3, 0, seeded(1)))
	x, y := columns(t, exact), exact.Targets()
	for i := range y {
		assert.InDelta(t, 3+2*x[0][i]-x[1][i]+0.5*x[2][i], y[i], 1e-14)
	}
	noisy := must(t)(datasets.Linear(20000, weights, 3, 0.25, seeded(2)))
	x, y = columns(t, noisy), noisy.Targets()
	rest := make([]float64, len(y))
	for i := range y {
		rest[i] = y[i] - (3 + 2*x[0][i] - x[1][i] + 0.5*x[2][i])
	}
	mean, deviation := meanAndDeviation(rest)
	assert.InDelta(t, 0, mean, 5*0.25/141)
	assert.InDelta(t, 0.25, deviation, 5*0.25/200)
}

func TestGeneratorsRefuse(t *testing.T) {
	for want, err := range map[string]error{
		"datasets: Blobs: -1 examples":                             second(datasets.Blobs(-1, 2, 2, 1, seeded(1))),
		"datasets: Blobs: 0 features, want at least 1":             second(datasets.Blobs(5, 0, 2, 1, seeded(1))),
		"datasets: Blobs: 0 classes, want at least 1":              second(datasets.Blobs(5, 2, 0, 1, seeded(1))),
		"datasets: Blobs: deviation -1 is not a number from 0 up":  second(datasets.Blobs(5, 2, 2, -1, seeded(1))),
		"datasets: Moons: deviation NaN is not a number from 0 up": second(datasets.Moons(5, nan, seeded(1))),
		"datasets: Spirals: -3 classes, want at least 1":           second(datasets.Spirals(5, -3, 0, seeded(1))),
		"datasets: Linear: 0 features, want at least 1":            second(datasets.Linear(5, nil, 0, 0, seeded(1))),
	} {
		assert.EqualError(t, err, want)
	}
}

func TestGeneratorsDependOnSeedAlone(t *testing.T) {
	for name, generate := range map[string]func(rng *rand.Rand) (*datasets.Dataset, error){
		"Blobs":   func(rng *rand.Rand) (*datasets.Dataset, error) { return datasets.Blobs(30, 2, 3, 0.5, rng) },
		"Moons":   func(rng *rand.Rand) (*datasets.Dataset, error) { return datasets.Moons(30, 0.1, rng) },
		"Spirals": func(rng *rand.Rand) (*datasets.Dataset, error) { return datasets.Spirals(30, 3, 0.2, rng) },
		"Linear": func(rng *rand.Rand) (*datasets.Dataset, error) {
			return datasets.Linear(30, []float64{1, 2}, 0, 0.1, rng)
		},
	} {
		text := func(seed uint64) string {
			d := must(t)(generate(seeded(seed)))
			return fmt.Sprint(columns(t, d), d.Labels(), d.Targets())
		}
		assert.Equal(t, text(7), text(7), name)
		assert.NotEqual(t, text(7), text(8), name)
	}
}

package datasets_test

import (
	"fmt"
	"iter"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"
	"pgregory.net/rapid"

	"declive/autodiff"
	"declive/datasets"
)

// photographs returns 6 images of shape (2, 5, 4) with pixels that all differ, and
// the label i for image i. Pixel (c, y, x) of image i is 1 + x + 4·(y + 5·(c + 2·i)).
func photographs[T datasets.Value](t testing.TB) *datasets.Dataset {
	pixels := make([]T, 6*40)
	for i := range pixels {
		pixels[i] = T(1 + i)
	}
	d := must(t)(datasets.New(pixels, 2, 5, 4))
	return must(t)(d.WithLabels(sequence(6)))
}

// pixelsOf is an image as a function of channel, line and column.
type pixelsOf func(c, y, x int) float64

// lookedAt returns pixel (c, y, x) of image i as a view shows it, in words: it was
// mirrored last, so it is looked for on the other side; then it was moved.
func lookedAt(v datasets.View, i int) pixelsOf {
	return func(c, y, x int) float64 {
		if v.Mirror {
			x = 3 - x
		}
		y, x = y-v.Down, x-v.Right
		if v.Padding == datasets.ZeroPadding && (y < 0 || y > 4 || x < 0 || x > 3) {
			return 0
		}
		if y < 0 {
			y = -y
		}
		if y > 4 {
			y = 8 - y
		}
		if x < 0 {
			x = -x
		}
		if x > 3 {
			x = 6 - x
		}
		return float64(1 + x + 4*(y+5*(c+2*i)))
	}
}

// rowsOf walks an epoch and returns the numbers of each example by its label.
func rowsOf(t testing.TB, epoch iter.Seq[autodiff.Batch]) map[int][]float64 {
	rows := map[int][]float64{}
	for b := range epoch {
		n, size := b.X.Shape()[0], b.X.Shape()[1]
		for i, y := range b.Y.Ints() {
			row := make([]float64, size)
			for j := range row {
				if b.X.Dtype() == tensor.Float64 {
					row[j] = b.X.Float64s()[i*size+j]
				} else {
					row[j] = float64(b.X.Float32s()[i*size+j])
				}
			}
			rows[y] = row
		}
		require.Equal(t, len(b.Y.Ints()), n)
	}
	return rows
}

// planar and interleaved return the numbers of an image in a row.
func planar(p pixelsOf) (row []float64) {
	for c := range 2 {
		for y := range 5 {
			for x := range 4 {
				row = append(row, p(c, y, x))
			}
		}
	}
	return row
}

func interleaved(p pixelsOf) (row []float64) {
	for y := range 5 {
		for x := range 4 {
			row = append(row, p(0, y, x), p(1, y, x))
		}
	}
	return row
}

func TestViewed(t *testing.T) {
	for name, d := range map[string]*datasets.Dataset{
		"uint8": photographs[uint8](t), "float32": photographs[float32](t), "float64": photographs[float64](t),
	} {
		turned := must(t)(d.Interleaved())
		assert.Equal(t, autodiff.Shape{5, 4, 2}, turned.Shape())
		rapid.Check(t, func(r *rapid.T) {
			v := datasets.View{
				Down: rapid.IntRange(-3, 3).Draw(r, "down"), Right: rapid.IntRange(-3, 3).Draw(r, "right"),
				Mirror: rapid.Bool().Draw(r, "mirror"), Padding: datasets.Padding(rapid.IntRange(0, 1).Draw(r, "padding")),
			}
			for i := range 6 {
				assert.Equal(r, planar(lookedAt(v, i)), rowsOf(t, must(t)(d.Viewed(v)).Minibatches(3, seeded(1)))[i], name)
				assert.Equal(r, interleaved(lookedAt(v, i)), rowsOf(t, must(t)(turned.Viewed(v)).Float64().Consecutive(3))[i], name)
			}
		})
	}
}

// Every image of an augmented epoch is one of those that it can be, in every storage
// the same, and all that it can be come up as often as they should.
func TestAugmentedMovesAndMirrors(t *testing.T) {
	for _, padding := range []datasets.Padding{datasets.ReflectPadding, datasets.ZeroPadding} {
		views := map[string]int{} // that show the same of image 0
		for k := range 50 {
			v := datasets.View{Down: k/2%5 - 2, Right: k/10 - 2, Mirror: k%2 == 1, Padding: padding}
			views[fmt.Sprint(planar(lookedAt(v, 0)))]++
		}
		a := datasets.Augmentation{Seed: 3, Flip: datasets.RandomFlip, Translate: 2, Padding: padding}
		bytes := augmented(t, photographs[uint8](t), a).Minibatches(4, seeded(1))
		doubles := must(t)(augmented(t, photographs[float64](t), a).Interleaved()).Float64().Minibatches(4, seeded(1))
		count := map[string]int{}
		const epochs = 500
		for range epochs {
			planes, colours := rowsOf(t, bytes), rowsOf(t, doubles)
			require.Len(t, planes, 6)
			for i, row := range planes {
				assert.Equal(t, interleaved(func(c, y, x int) float64 { return row[x+4*(y+5*c)] }), colours[i])
				for j, v := range row {
					if v > 0 { // every image is like the first
						row[j] = v - float64(40*i)
					}
				}
				count[fmt.Sprint(row)]++
			}
		}
		for image, n := range count {
			// Binomial with a mean of 60 for a view and a deviation of 7.7.
			require.Contains(t, views, image)
			assert.InDelta(t, 60*views[image], n, 5*7.7*math.Sqrt(float64(views[image])), image)
		}
		assert.Len(t, count, len(views))
	}
}

// patches returns n images of shape (1, height, width) of float32, whose number j is
// 1 + j.
func patches(t testing.TB, n, height, width int) *datasets.Dataset {
	pixels := make([]float32, n*height*width)
	for i := range pixels {
		pixels[i] = float32(1 + i%(height*width))
	}
	d := must(t)(datasets.New(pixels, 1, height, width))
	return must(t)(d.WithLabels(sequence(n)))
}

func augmented(t testing.TB, d *datasets.Dataset, a datasets.Augmentation) *datasets.Dataset {
	return must(t)(d.Augmented(a))
}

// mirrorings tells of each epoch which of 1000 images are mirrored.
func mirrorings(t testing.TB, a datasets.Augmentation, epochs int) [][]bool {
	batches := augmented(t, patches(t, 1000, 1, 3), a).Minibatches(128, seeded(1))
	all := make([][]bool, epochs)
	for k := range all {
		rows := rowsOf(t, batches)
		for i := range 1000 {
			require.Equal(t, 2.0, rows[i][1])
			all[k] = append(all[k], rows[i][0] == 3)
		}
	}
	return all
}

func TestFlips(t *testing.T) {
	// Of 1000 images 500 are mirrored, with a deviation of 15.8; so many are mirrored
	// in one of two independent epochs.
	differ := func(a, b []bool) (n int) {
		for i := range a {
			if a[i] != b[i] {
				n++
			}
		}
		return n
	}
	none := make([]bool, 1000)
	flips := mirrorings(t, datasets.Augmentation{Flip: datasets.RandomFlip}, 3)
	for k, epoch := range flips {
		assert.InDelta(t, 500, differ(epoch, none), 5*15.8)
		assert.InDelta(t, 500, differ(epoch, flips[(k+1)%3]), 5*15.8)
	}
	other := mirrorings(t, datasets.Augmentation{Flip: datasets.RandomFlip, Seed: 1}, 1)
	assert.InDelta(t, 500, differ(flips[0], other[0]), 5*15.8, "another seed")
	assert.InDelta(t, 500, differ(flips[0][1:], other[0][:999]), 5*15.8, "the neighbour under the next seed")
	assert.Equal(t, none, mirrorings(t, datasets.Augmentation{}, 1)[0])
}

// An image is mirrored in every second epoch.
func TestAlternatingFlip(t *testing.T) {
	batches := augmented(t, patches(t, 1000, 1, 2), datasets.Augmentation{Flip: datasets.AlternatingFlip}).Minibatches(128, seeded(1))
	first, second, third := rowsOf(t, batches), rowsOf(t, batches), rowsOf(t, batches)
	n := 0
	for i := range 1000 {
		if first[i][0] == 2 {
			n++
		}
		assert.Equal(t, []float64{first[i][1], first[i][0]}, second[i])
	}
	assert.InDelta(t, 500, n, 5*15.8)
	assert.Equal(t, first, third)
}

// What is covered is a square of side 3 about some pixel, as far as it is inside, and
// every pixel is the centre of some.
func TestCutout(t *testing.T) {
	const height, width = 6, 4
	batches := augmented(t, patches(t, 100, height, width), datasets.Augmentation{Cutout: 3}).Minibatches(32, seeded(1))
	holes := map[[height * width]bool]int{}
	for y := range height {
		for x := range width {
			var hole [height * width]bool
			for k := range hole {
				hole[k] = max(k/width-y, y-k/width) <= 1 && max(k%width-x, x-k%width) <= 1
			}
			holes[hole] = 0
		}
	}
	require.Len(t, holes, height*width)
	for range 10 {
		for _, row := range rowsOf(t, batches) {
			var hole [height * width]bool
			for k, v := range row {
				hole[k] = v == 0
				require.True(t, v == 0 || v == float64(1+k))
			}
			require.Contains(t, holes, hole)
			holes[hole]++
		}
	}
	for hole, n := range holes {
		assert.InDelta(t, 1000.0/24, n, 5*6.3, "%v", hole) // binomial
	}
}

// All pixels of an image change by one line, (1 + u)·x + v, after transforms.
func TestBrightnessAndContrast(t *testing.T) {
	d := must(t)(patches(t, 1000, 5, 300).Float64().With(datasets.Transform{Shift: []float64{2}, Scale: []float64{0.5}}))
	rows := rowsOf(t, augmented(t, d, datasets.Augmentation{Brightness: 0.3, Contrast: 0.2}).Minibatches(400, seeded(1)))
	var us, vs []float64
	for i := range 1000 {
		x := func(j int) float64 { return (float64(j+1) - 2) * 0.5 }
		v := rows[i][1] // where x is 0
		u := (rows[i][1499]-v)/x(1499) - 1
		furthest := 0.0
		for j, y := range rows[i] {
			furthest = max(furthest, math.Abs((1+u)*x(j)+v-y))
		}
		require.Less(t, furthest, 1e-12*750)
		require.LessOrEqual(t, math.Abs(u), 0.2)
		require.LessOrEqual(t, math.Abs(v), 0.3)
		us, vs = append(us, u), append(vs, v)
	}
	// Evenly from −w to w the deviation is w/√3; that of the mean of 1000 is a 32nd,
	// and a deviation of 1000 draws has itself one of at most a 50th.
	for width, draws := range map[float64][]float64{0.2: us, 0.3: vs} {
		mean, deviation := meanAndDeviation(draws)
		assert.InDelta(t, 0, mean, 5*width/math.Sqrt(3)/32)
		assert.InEpsilon(t, width/math.Sqrt(3), deviation, 5.0/50)
	}
}

// What is drawn for an image depends on seed, epoch and image alone.
func TestAugmentationDependsOnSeedEpochAndImage(t *testing.T) {
	a := datasets.Augmentation{Seed: 5, Flip: datasets.RandomFlip, Translate: 2, Cutout: 2, Brightness: 1, Contrast: 0.5}
	d := augmented(t, photographs[uint8](t), a)
	whole := d.Minibatches(4, seeded(1))
	first, second := rowsOf(t, whole), rowsOf(t, whole)
	assert.NotEqual(t, first, second)

	other := d.Minibatches(3, seeded(2))
	for range other {
		break
	}
	assert.Equal(t, second, rowsOf(t, other), "in another order, after an epoch that was broken off")
	assert.Equal(t, first[3], rowsOf(t, must(t)(d.Slice(3, 6)).Minibatches(2, seeded(3)))[3], "in a part")
	all := d.Minibatches(0, nil)
	assert.Equal(t, first, rowsOf(t, all), "all at once")
	assert.Equal(t, second, rowsOf(t, all), "all at once, again")
	a.Seed = 6
	assert.NotEqual(t, first, rowsOf(t, augmented(t, d, a).Minibatches(4, seeded(1))))

	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	wide := augmented(t, patches(t, 50, 70, 80), a)
	one := wide.Minibatches(8, seeded(1))
	onCore := rowsOf(t, one)
	runtime.GOMAXPROCS(3)
	assert.Equal(t, onCore, rowsOf(t, wide.Minibatches(8, seeded(1))), "on three cores")
}

// A model is judged on the images as they are.
func TestAugmentationIsForMinibatches(t *testing.T) {
	plain := photographs[uint8](t)
	d := augmented(t, plain, datasets.Augmentation{Flip: datasets.AlternatingFlip, Translate: 3})
	want := rowsOf(t, plain.Consecutive(4))
	assert.Equal(t, want, rowsOf(t, d.Consecutive(4)))
	all, err := d.All()
	require.NoError(t, err)
	for i := range 6 {
		assert.Equal(t, want[i], planar(lookedAt(datasets.View{}, i)))
		assert.InDeltaSlice(t, want[i], all.X.Float32s()[i*40:(i+1)*40], 0)
	}
	assert.NotEqual(t, want, rowsOf(t, d.Sampled(4, seeded(1))))
	assert.NotEqual(t, want, rowsOf(t, d.Minibatches(4, seeded(1))))
	v := must(t)(d.Viewed(datasets.View{Mirror: true}))
	assert.Equal(t, rowsOf(t, v.Consecutive(4)), rowsOf(t, v.Minibatches(4, seeded(1))), "a view is in place of an augmentation")
	assert.Equal(t, want, rowsOf(t, augmented(t, v, datasets.Augmentation{}).Consecutive(4)), "an augmentation is in place of a view")
}

func TestAugmentedEpochAllocatesNothingPerBatch(t *testing.T) {
	a := datasets.Augmentation{Flip: datasets.AlternatingFlip, Translate: 2, Cutout: 2, Brightness: 1}
	for name, d := range map[string]*datasets.Dataset{
		"uint8": must(t)(datasets.New(make([]uint8, 64*3*40*30), 3, 40, 30)), "float64": must(t)(datasets.New(make([]float64, 64*3*40*30), 3, 40, 30)),
	} {
		walk := func(seq iter.Seq[autodiff.Batch]) float64 {
			return testing.AllocsPerRun(5, func() {
				for range seq {
				}
			})
		}
		d = augmented(t, d, a).WithBias()
		assert.Equal(t, walk(d.Minibatches(32, seeded(1))), walk(d.Minibatches(2, seeded(1))), "allocations of 2 and of 32 batches of %s", name)
	}
}

// Everything goes along when the channels become the last axis.
func TestInterleaved(t *testing.T) {
	transform := datasets.Transform{Shift: make([]float64, 40), Scale: []float64{2}}
	for j := range transform.Shift {
		transform.Shift[j] = float64(j * j)
	}
	d := must(t)(must(t)(photographs[uint8](t).Select(4, 1, 5)).With(transform))
	turned := must(t)(d.WithBias().Interleaved())
	assert.Equal(t, []int{4, 1, 5}, turned.Labels())
	assert.Equal(t, 41, turned.Features())
	rows := rowsOf(t, turned.Consecutive(2))
	for _, i := range []int{4, 1, 5} {
		p := lookedAt(datasets.View{}, i)
		changed := func(c, y, x int) float64 { return 2 * (p(c, y, x) - transform.Shift[x+4*(y+5*c)]) }
		assert.Equal(t, append(interleaved(changed), 1), rows[i])
	}
	again := must(t)(turned.Interleaved())
	assert.Same(t, turned, again)

	targets := must(t)(must(t)(d.WithTargets([]float64{1, 2, 3, 4, 5, 6}, 2)).Interleaved())
	assert.Equal(t, []float64{1, 2, 3, 4, 5, 6}, targets.Targets())
	balanced, err := must(t)(d.Interleaved()).ClassBalanced()
	require.NoError(t, err)
	assert.Equal(t, []int{4, 1, 5}, must(t)(balanced.Interleaved()).Labels())
}

// The channels are the first axis, or the last.
func TestStandardiseInterleavedChannels(t *testing.T) {
	d := photographs[uint8](t)
	before := datasets.StandardiseChannels(d)
	after := datasets.StandardiseChannels(must(t)(d.Interleaved()))
	for j := range 40 {
		assert.InDelta(t, before.Shift[j%2*20], after.Shift[j], 1e-12)
		assert.InDelta(t, before.Scale[j%2*20], after.Scale[j], 1e-12)
	}
	assert.NotEqual(t, before.Shift[0], before.Shift[20])
}

func TestAugmentationErrors(t *testing.T) {
	d := photographs[uint8](t)
	for want, a := range map[string]datasets.Augmentation{
		"flip 3, want NoFlip, RandomFlip or AlternatingFlip":                   {Flip: 3},
		"translation by 4 pixels, want 0 to 3, less than height and width":     {Translate: 4},
		"translation by -1 pixels, want 0 to 3, less than height and width":    {Translate: -1},
		"cutout of side -2, want 0 for none or the side of a square in pixels": {Cutout: -2},
		"contrast 1.5, want 0 to 1":                                            {Contrast: 1.5},
		"contrast NaN, want 0 to 1":                                            {Contrast: nan},
		"brightness -1, want 0 or a positive number":                           {Brightness: -1},
		"brightness +Inf, want 0 or a positive number":                         {Brightness: math.Inf(1)},
		"padding 2, want ReflectPadding or ZeroPadding":                        {Padding: 2},
	} {
		_, err := d.Augmented(a)
		assert.EqualError(t, err, "datasets: Augmented: "+want)
	}
	for want, v := range map[string]datasets.View{
		"moved by Down 4 and Right 0, want from −3 to 3, less than height and width":                            {Down: 4},
		fmt.Sprintf("moved by Down 0 and Right %d, want from −3 to 3, less than height and width", math.MinInt): {Right: math.MinInt},
		"padding -1, want ReflectPadding or ZeroPadding":                                                        {Padding: -1},
	} {
		_, err := d.Viewed(v)
		assert.EqualError(t, err, "datasets: Viewed: "+want)
	}
	_, err := flowers(t).Augmented(datasets.Augmentation{})
	assert.EqualError(t, err, "datasets: Augmented: examples of shape (3) are no images, want (channels, height, width)")
	_, err = flowers(t).Interleaved()
	assert.EqualError(t, err, "datasets: Interleaved: examples of shape (3) are no images, want (channels, height, width)")
	_, err = (*datasets.Dataset)(nil).Viewed(datasets.View{})
	assert.EqualError(t, err, "datasets: Viewed: the data set was made by no function of this package; use New")
}

package datasets_test

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets"
)

// numberedExamples returns n examples of the given number of features in which example
// i is filled with i and has label i.
func numberedExamples(t testing.TB, n, features int) *datasets.Dataset {
	rows := make([]float32, n*features)
	for i := range rows {
		rows[i] = float32(i / features)
	}
	d := must(t)(datasets.New(rows, features))
	return must(t)(d.WithLabels(sequence(n)))
}

// labelsOf walks an epoch and returns the labels, after checking that every row
// belongs to its label, and the sizes of the batches.
func labelsOf(t testing.TB, epoch iter.Seq[autodiff.Batch], features int) (labels, sizes []int) {
	for b := range epoch {
		y := b.Y.Ints()
		assert.Equal(t, tensor.Shape{len(y), features}, b.X.Shape())
		assert.Equal(t, tensor.Shape{len(y)}, b.Y.Shape())
		for i, x := range b.X.Float32s() {
			require.Equal(t, float32(y[i/features]), x)
		}
		labels = append(labels, y...)
		sizes = append(sizes, len(y))
	}
	return labels, sizes
}

// widths are those of batches that one core gathers, and several.
var widths = []int{3, 20000}

func TestMinibatchesDeliverEachExampleOnce(t *testing.T) {
	for _, features := range widths {
		d := numberedExamples(t, 11, features)
		epochs := d.Minibatches(4, seeded(1))
		var before []int
		for range 3 {
			labels, sizes := labelsOf(t, epochs, features)
			assert.Equal(t, []int{4, 4, 3}, sizes)
			assert.ElementsMatch(t, sequence(11), labels)
			assert.NotEqual(t, before, labels, "two epochs in the same order")
			before = labels
		}
	}
}

func TestSizesOfMinibatches(t *testing.T) {
	d := numberedExamples(t, 6, 2)
	for _, test := range []struct {
		size int
		want []int
	}{
		{1, []int{1, 1, 1, 1, 1, 1}}, {3, []int{3, 3}}, {5, []int{5, 1}},
		{6, []int{6}}, {7, []int{6}}, {0, []int{6}}, {-1, []int{6}},
	} {
		for name, epoch := range map[string]iter.Seq[autodiff.Batch]{
			"Minibatches": d.Minibatches(test.size, seeded(1)),
			"Consecutive": d.Consecutive(test.size),
			"Sampled":     d.Sampled(test.size, seeded(1)),
		} {
			for range 2 {
				_, sizes := labelsOf(t, epoch, 2)
				assert.Equal(t, test.want, sizes, "%s of %d", name, test.size)
			}
		}
	}
}

// Gradient descent gathers its one batch once: what is written to it stays.
func TestAllAtOnceIsGatheredOnce(t *testing.T) {
	d := numberedExamples(t, 6, 2)
	for name, test := range map[string]struct {
		epochs iter.Seq[autodiff.Batch]
		stays  bool
	}{
		"all":     {d.Minibatches(0, nil), true},
		"whole":   {d.WholeBatches().Minibatches(0, nil), true},
		"parts":   {d.Consecutive(3), false},
		"sampled": {d.Sampled(0, seeded(1)), false},
	} {
		for b := range test.epochs {
			b.X.Float32s()[0] = 99
		}
		for b := range test.epochs {
			assert.Equal(t, test.stays, b.X.Float32s()[0] == 99, name)
		}
	}
}

func TestNoExamplesNoMinibatches(t *testing.T) {
	d := must(t)(numberedExamples(t, 6, 2).Slice(3, 3))
	for range d.Minibatches(4, seeded(1)) {
		t.Error("a batch of nothing")
	}
	for range d.Sampled(4, seeded(1)) {
		t.Error("a batch of nothing")
	}
}

func TestConsecutive(t *testing.T) {
	for _, features := range widths {
		epochs := numberedExamples(t, 7, features).Consecutive(3)
		for range 2 {
			labels, _ := labelsOf(t, epochs, features)
			assert.Equal(t, sequence(7), labels)
		}
	}
}

func TestWholeBatches(t *testing.T) {
	for _, features := range widths {
		d := numberedExamples(t, 11, features).WholeBatches()
		epochs, missing := d.Minibatches(4, seeded(1)), map[int]bool{}
		for range 20 {
			labels, sizes := labelsOf(t, epochs, features)
			assert.Equal(t, []int{4, 4}, sizes)
			left := sequence(11)
			for _, y := range labels {
				left[y] = -1
			}
			for _, y := range left {
				if y >= 0 {
					missing[y] = true
				}
			}
		}
		assert.Len(t, missing, 11, "every example is left out once in a while") // with probability 1 − 11·(8/11)²⁰ = 0.98
		_, sizes := labelsOf(t, d.Sampled(4, seeded(1)), features)
		assert.Equal(t, []int{4, 4}, sizes)
		for _, size := range []int{0, 11, 12} {
			_, sizes = labelsOf(t, d.Minibatches(size, seeded(1)), features)
			assert.Equal(t, []int{11}, sizes)
		}
		labels, _ := labelsOf(t, d.Consecutive(4), features)
		assert.Equal(t, sequence(11), labels, "judging takes all")
	}
}

// Every class gets as many places, and every example of a class.
func TestClassBalanced(t *testing.T) {
	labels := []int{0, 0, 0, 0, 0, 0, 3, 3, 1}
	d := must(t)(numberedExamples(t, 9, 1).WithLabels(labels, "a", "b", "none", "d"))
	d = must(t)(must(t)(d.ClassBalanced()).WithTargets([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8})) // also without the labels
	part := must(t)(d.Select(8, 1, 6, 7, 0))
	const epochs = 1000
	for name, seq := range map[string]iter.Seq[autodiff.Batch]{"Minibatches": part.Minibatches(4, seeded(1)), "Sampled": part.Sampled(0, seeded(2))} {
		count := make([]float64, 9)
		for range epochs {
			n := 0
			for b := range seq {
				for i, y := range b.Y.Float32s() {
					require.Equal(t, y, b.X.Float32s()[i])
					count[int(y)]++
					n++
				}
			}
			require.Equal(t, 5, n)
		}
		for i, p := range []float64{1. / 6, 1. / 6, 0, 0, 0, 0, 1. / 6, 1. / 6, 1. / 3} {
			// Binomial of 5000 places.
			assert.InDelta(t, 5*epochs*p, count[i], 5*math.Sqrt(5*epochs*p*(1-p)), "%s: example %d", name, i)
		}
	}
	_, err := must(t)(datasets.New([]uint8{1, 2})).ClassBalanced()
	assert.EqualError(t, err, "datasets: ClassBalanced: the examples have no labels")
}

// Of n draws from n examples, each misses one with probability (1 − 1/n)ⁿ.
func TestSampledWithReplacement(t *testing.T) {
	const n, epochs = 500, 20
	seq := numberedExamples(t, n, 1).Sampled(64, seeded(1))
	missing, counts := 0.0, make([]int, n)
	for range epochs {
		labels, _ := labelsOf(t, seq, 1)
		require.Len(t, labels, n)
		slices.Sort(labels)
		missing += n - float64(len(slices.Compact(slices.Clone(labels))))
		for _, y := range labels {
			counts[y]++
		}
	}
	// The number that an epoch misses has mean 184 and deviation about 7; the
	// mean of 20 is within five of its own deviations.
	assert.InDelta(t, 184, missing/epochs, 5*7/4.4)
	assert.Positive(t, slices.Min(counts))
}

func TestOrderDependsOnSeedAndEpochAlone(t *testing.T) {
	d := numberedExamples(t, 40, 3)
	walk := func(seq iter.Seq[autodiff.Batch]) []int { labels, _ := labelsOf(t, seq, 3); return labels }
	whole := d.Minibatches(7, seeded(5))
	first, other := walk(whole), walk(whole)

	rng := seeded(5)
	broken := d.Minibatches(7, rng)
	rng.Shuffle(9, func(i, j int) {}) // another use of the same generator
	for range broken {
		break // an epoch that ends early
	}
	assert.Equal(t, other, walk(broken), "the second epoch after a broken first")
	assert.Equal(t, first, walk(d.Minibatches(7, seeded(5))))
	assert.NotEqual(t, first, walk(d.Minibatches(7, seeded(6))))
	balanced, err := d.ClassBalanced()
	require.NoError(t, err)
	for name, epochs := range map[string]func() iter.Seq[autodiff.Batch]{
		"Sampled": func() iter.Seq[autodiff.Batch] { return d.Sampled(7, seeded(5)) },
		"drawn":   func() iter.Seq[autodiff.Batch] { return balanced.Minibatches(7, seeded(5)) },
	} {
		whole, broken := epochs(), epochs()
		for range broken {
			break
		}
		first, second := walk(whole), walk(whole)
		assert.NotEqual(t, first, second, name)
		assert.Equal(t, second, walk(broken), name)
	}
	assert.NotEqual(t, walk(d.Minibatches(7, rng)), walk(d.Minibatches(7, rng)), "one generator, two calls")
}

func TestMinibatchesDoNotDependOnCores(t *testing.T) {
	d := numberedExamples(t, 9, 20000)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one, _ := labelsOf(t, d.Minibatches(4, seeded(2)), 20000)
	runtime.GOMAXPROCS(3)
	three, _ := labelsOf(t, d.Minibatches(4, seeded(2)), 20000)
	assert.Equal(t, one, three)
}

// The next batch is gathered while the present one is in use, unless it is large, and
// not of images that are moved.
func TestFreeCoresGatherAhead(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	images := patches(t, 75, 100, 200)
	moved := augmented(t, images, datasets.Augmentation{Translate: 1})
	for _, test := range []struct {
		d    *datasets.Dataset
		size int
		want bool
	}{{images, 1, true}, {images, 20, true}, {images, 30, false}, {moved, 30, true}} { // of 20,000 to 600,000 elements
		gathered, epoch := datasets.CountGathered(test.d, test.size, 0)
		batches := 0
		for range epoch {
			batches++
			ahead := func() bool { return gathered() > test.size }
			if test.want {
				assert.Eventually(t, ahead, 5*time.Second, time.Millisecond, "batches of %d", test.size)
			} else {
				time.Sleep(5 * time.Millisecond)
				assert.False(t, ahead(), "batches of %d", test.size)
			}
			break
		}
		assert.Equal(t, 1, batches)
	}
}

func TestGatheringAheadEndsWithTheEpoch(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	const size = 20
	gathered, epoch := datasets.CountGathered(numberedExamples(t, 75, 20000), size, 20*time.Millisecond)
	for range epoch {
		require.Eventually(t, func() bool { return gathered() > size }, 5*time.Second, time.Millisecond)
		break // within the second of the next batch's three parts
	}
	after := gathered()
	time.Sleep(50 * time.Millisecond)
	assert.Equal(t, after, gathered())
}

func TestEpochsInsideEachOther(t *testing.T) {
	for _, features := range widths {
		d := numberedExamples(t, 6, features)
		seq := d.Minibatches(4, seeded(1))
		for b := range seq {
			before := slices.Clone(b.Y.Ints())
			labels, _ := labelsOf(t, seq, features)
			assert.ElementsMatch(t, sequence(6), labels)
			assert.Equal(t, before, b.Y.Ints(), "the inner epoch has written over the outer's batch")
		}
	}
}

func TestNoGoroutineIsLeft(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	seq := numberedExamples(t, 9, 20000).Minibatches(2, seeded(1))
	before := runtime.NumGoroutine()
	for range seq {
		break
	}
	for range seq {
	}
	assert.Panics(t, func() {
		for range seq {
			panic("in the body")
		}
	})
	// The kernels' workers end when they have had nothing to do for a while.
	for i := 0; i < 1000 && runtime.NumGoroutine() > before; i++ {
		time.Sleep(time.Millisecond)
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before)
}

func TestEpochAllocatesNothingPerBatch(t *testing.T) {
	for _, features := range widths {
		d := numberedExamples(t, 64, features)
		few, many := d.Consecutive(32), d.Consecutive(2)
		walk := func(seq iter.Seq[autodiff.Batch]) float64 {
			return testing.AllocsPerRun(5, func() {
				for range seq {
				}
			})
		}
		assert.Equal(t, walk(few), walk(many), "allocations of 2 and of 32 batches of %d features", features)
	}
}

func BenchmarkMinibatches(b *testing.B) {
	const n, features = 4096, 3072
	pixels := make([]byte, n*features)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range pixels {
		pixels[i] = byte(rng.Uint32())
	}
	d := must(b)(datasets.New(pixels, 3, 32, 32))
	d = must(b)(d.WithLabels(make([]int, n)))
	d = must(b)(d.With(datasets.Standardise(d)))
	for name, d := range map[string]*datasets.Dataset{"float32": d, "float64": d.Float64()} {
		b.Run("stored=uint8/dtype="+name, func(b *testing.B) {
			seq := d.Minibatches(256, seeded(1))
			b.SetBytes(n * features)
			for b.Loop() {
				for range seq {
				}
			}
		})
	}
}

// BenchmarkAugmented is an epoch of colour images, in batches as small convolutional
// networks take them. Its rate is in bytes of stored pixels.
func BenchmarkAugmented(b *testing.B) {
	const n, side = 4000, 32
	pixels := make([]byte, n*3*side*side)
	rng := seeded(1)
	for i := range pixels {
		pixels[i] = byte(rng.Uint32())
	}
	d := must(b)(datasets.New(pixels, 3, side, side))
	d = must(b)(must(b)(d.With(datasets.StandardiseChannels(d))).Interleaved())
	a := datasets.Augmentation{Flip: datasets.AlternatingFlip, Translate: 2}
	for _, test := range []struct {
		name string
		d    *datasets.Dataset
	}{
		{"none", d},
		{"flip+translate", must(b)(d.Augmented(a))},
		{"all", must(b)(d.Augmented(datasets.Augmentation{Flip: a.Flip, Translate: 2, Cutout: 8, Brightness: 0.1, Contrast: 0.1}))},
	} {
		for _, size := range []int{100, 1000} {
			b.Run(fmt.Sprintf("augmentation=%s/batch=%d", test.name, size), func(b *testing.B) {
				seq := test.d.Minibatches(size, seeded(1))
				b.SetBytes(n * 3 * side * side)
				for b.Loop() {
					for range seq {
					}
				}
			})
		}
	}
}

// The parts of a batch are the batch, whatever its size and the number of parts, also
// where a part has no rows, and in every epoch.
func TestMinibatchesPart(t *testing.T) {
	d := numberedExamples(t, 11, 3)
	for name, d := range map[string]*datasets.Dataset{"as it is": d, "whole batches": d.WholeBatches(), "balanced": must(t)(d.ClassBalanced())} {
		for _, size := range []int{0, 1, 4, 5, 11} {
			for parts := 1; parts <= 6; parts++ {
				var ranks []iter.Seq[autodiff.Batch]
				for part := range parts {
					ranks = append(ranks, d.MinibatchesPart(size, seeded(1), part, parts))
				}
				whole := d.Minibatches(size, seeded(1))
				for range 2 {
					var want, got [][]int
					for b := range whole {
						want = append(want, slices.Clone(b.Y.Ints()))
					}
					got = make([][]int, len(want))
					for part, rank := range ranks {
						i := 0
						for b := range rank {
							n := len(want[i])
							assert.Equal(t, tensor.Shape{(part+1)*n/parts + boolean((part+1)*n%parts > 0) - part*n/parts - boolean(part*n%parts > 0), 3}, b.X.Shape())
							got[i] = append(got[i], b.Y.Ints()...)
							i++
						}
						require.Equal(t, len(want), i, "a part of every batch")
					}
					assert.Equal(t, want, got, "%s, size %d in %d parts", name, size, parts)
				}
			}
		}
	}
}

func boolean(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func ExampleDataset_MinibatchesPart() {
	d, err := datasets.New([]float32{0, 1, 2, 3, 4}, 1)
	if err != nil {
		panic(err)
	}
	for part := range 2 {
		for b := range d.MinibatchesPart(0, nil, part, 2) {
			fmt.Println(part, b.X.Float32s())
		}
	}
	// Output:
	// 0 [0 1 2]
	// 1 [3 4]
}

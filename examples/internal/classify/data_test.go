package classify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
)

func TestDigits(t *testing.T) {
	set := loaded(t, "-examples", "60", "-seed", "5")
	assert.Equal(t, 50, set.Train.Len())
	assert.Equal(t, 10, set.Test.Len())
	assert.Equal(t, autodiff.Shape{1, 28, 28}, set.Shape)
	assert.Len(t, set.Classes, 10)
	assert.Equal(t, 10, set.Outputs(Settings{Loss: "svm"}))

	drawn, err := datasets.Digits(60, seeded(5))
	require.NoError(t, err)
	assert.ElementsMatch(t, drawn.Labels(), append(table(set.Train).Labels(), table(set.Test).Labels()...))

	x := features(t, set.Train)
	for j := range 28 * 28 {
		sum := 0.0
		for i := range 50 {
			sum += float64(x[28*28*i+j])
		}
		assert.InDelta(t, 0, sum/50, 1.0/(1<<22), "mean of pixel %d", j) // of numbers below 1, each rounded at most four times
	}
}

// The seed alone decides which examples are trained on.
func TestSeedDecidesTheSplit(t *testing.T) {
	first, again := loaded(t, "-examples", "60"), loaded(t, "-examples", "60")
	assert.Equal(t, features(t, first.Train), features(t, again.Train))
	assert.Equal(t, features(t, first.Test), features(t, again.Test))
	other := loaded(t, "-examples", "60", "-seed", "2")
	assert.NotEqual(t, features(t, first.Test), features(t, other.Test))
}

// writeTable writes ten lines whose number x is 0, 1, …, 9 and whose class is
// low below 5.
func writeTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("kind,x\n")
	for i := range 10 {
		fmt.Fprintf(&b, "%s,%d\n", map[bool]string{true: "low", false: "top"}[i < 5], i)
	}
	return writeFile(t, "table.csv", b.String())
}

// A table is shuffled, split 4 to 1 with each label at its example, and both
// parts are standardised by what the training part alone holds.
func TestCSV(t *testing.T) {
	set := loaded(t, "-data", "csv", "-file", writeTable(t), "-label", "kind")
	assert.Equal(t, []string{"low", "top"}, set.Classes)
	assert.Equal(t, autodiff.Shape{1}, set.Shape)
	require.Equal(t, 8, set.Train.Len())
	require.Equal(t, 2, set.Test.Len())

	sum, squares := 0.0, 0.0
	for _, v := range features(t, set.Train) {
		sum, squares = sum+float64(v), squares+float64(v)*float64(v)
	}
	assert.InDelta(t, 0, sum/8, 1e-6) // of float32 numbers below 2
	assert.InDelta(t, 1, squares/8, 1e-6)

	x := append(features(t, set.Train), features(t, set.Test)...)
	var ranks []int
	for i, label := range append(table(set.Train).Labels(), table(set.Test).Labels()...) {
		rank := 0
		for _, v := range x {
			if v < x[i] {
				rank++
			}
		}
		assert.Equal(t, rank >= 5, label == 1, "x = %d", rank)
		ranks = append(ranks, rank)
	}
	assert.ElementsMatch(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, ranks)
	assert.False(t, slices.IsSorted(ranks), "%v", ranks)
}

func TestSmallestCSV(t *testing.T) {
	set := loaded(t, "-data", "csv", "-file", writeFile(t, "three.csv", "1,a\n2,b\n3,a\n"))
	assert.Equal(t, []int{2, 1}, []int{set.Train.Len(), set.Test.Len()})
}

func TestLogisticHasSignsForTwoClasses(t *testing.T) {
	args := []string{"-data", "csv", "-file", writeTable(t), "-label", "0", "-loss", "logistic"}
	set := loaded(t, args...)
	assert.Equal(t, 1, set.Outputs(parsed(t, args...)))
	labels := table(loaded(t, args[:6]...).Test).Labels()
	for i, sign := range table(set.Test).Targets() {
		assert.Equal(t, float64(2*labels[i]-1), sign)
	}
}

// Pixels are scaled to [0, 1] and lose the mean image of the training part,
// here 20·2/255, in both parts; the published split is kept.
func TestMNIST(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, "train", 1, 2, 3)
	writeMNIST(t, dir, "t10k", 9, 0)
	set := loaded(t, "-data", "mnist", "-dir", dir)
	assert.Equal(t, autodiff.Shape{1, 3, 5}, set.Shape)
	assert.Equal(t, []int{1, 2, 3}, table(set.Train).Labels())
	assert.Equal(t, []int{9, 0}, table(set.Test).Labels())
	x := features(t, set.Test)
	assert.InDelta(t, 20*(9-2)/255.0, x[0], 1e-7)
	assert.InDelta(t, 20*(0-2)/255.0, x[15], 1e-7)

	fashion := loaded(t, "-data", "fashion", "-dir", dir)
	assert.Equal(t, datasets.FashionClasses(), fashion.Classes)
	assert.Equal(t, []int{9, 0}, table(fashion.Test).Labels())
}

// The test part of MNIST is there more often than the large training part, or a
// file of that is missing; the job says so, and only then.
func TestMNISTWithoutTrainingPart(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, "t10k", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
	writeMNIST(t, dir, "train", 1, 2, 3)
	assert.Empty(t, loaded(t, "-data", "mnist", "-dir", dir).Notes)
	require.NoError(t, os.Remove(filepath.Join(dir, "train-labels-idx1-ubyte")))
	for _, data := range []string{"mnist", "fashion"} {
		j, stdout, _ := newJob(t, "-data", data, "-dir", dir)
		require.NoError(t, j.Run(context.Background()))
		first, _, _ := strings.Cut(stdout.String(), "\n")
		assert.Contains(t, first, "note: no training part in -dir "+dir)
		assert.Contains(t, first, "train-labels-idx1-ubyte: no such file")
		assert.Contains(t, first, "the test part is split, 4 to 1")
	}
	require.NoError(t, os.Remove(filepath.Join(dir, "train-images-idx3-ubyte")))
	set := loaded(t, "-data", "mnist", "-dir", dir)
	assert.Equal(t, 8, set.Train.Len())
	assert.ElementsMatch(t, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, append(table(set.Train).Labels(), table(set.Test).Labels()...))
}

func TestCIFAR10(t *testing.T) {
	dir := t.TempDir()
	writeCIFAR10(t, dir)
	set := loaded(t, "-data", "cifar10", "-dir", dir)
	assert.Equal(t, autodiff.Shape{3, 32, 32}, set.Shape)
	assert.Equal(t, "airplane", set.Classes[0])
	assert.Equal(t, []int{0, 1, 2, 3, 4}, table(set.Train).Labels())
	assert.Equal(t, []int{5}, table(set.Test).Labels())
	assert.InDelta(t, 3/1.4142135623730951, features(t, set.Test)[7], 1e-6) // (5 − 2)/√2, of 0, 1, 2, 3, 4
}

func TestLoadRefuses(t *testing.T) {
	empty, broken := t.TempDir(), t.TempDir()
	writeMNIST(t, broken, "train", 1)
	images := filepath.Join(broken, "train-images-idx3-ubyte")
	require.NoError(t, os.Truncate(images, 20))
	for _, c := range []struct {
		want string
		args []string
	}{
		{"in -dir " + empty + ": datasets: open data_batch_1.bin: no such file", []string{"-data", "cifar10", "-dir", empty}},
		{"in -dir " + empty + ": datasets: open train-images-idx3-ubyte: no such file", []string{"-data", "mnist", "-dir", empty}},
		{"in -dir " + broken + ": datasets: IDX: train-images-idx3-ubyte", []string{"-data", "fashion", "-dir", broken}},
		{"open " + empty + "/none.csv: no such file", []string{"-data", "csv", "-file", empty + "/none.csv"}},
		{"two.csv has 2 examples, want at least 3, to train on and to test with", []string{"-data", "csv", "-file", writeFile(t, "two.csv", "1,a\n2,b\n")}},
		{"one.csv has one class, a: nothing to tell apart; -label says which column has the classes", []string{"-data", "csv", "-file", writeFile(t, "one.csv", "1,a\n2,a\n3,a\n")}},
		{`no column "q" among the 2 columns`, []string{"-data", "csv", "-file", writeTable(t), "-label", "q"}},
		{"-loss logistic needs two classes, the data has 10", []string{"-examples", "60", "-loss", "logistic"}},
	} {
		s := parsed(t, c.args...)
		set, err := Load(&s, seeded(1))
		assert.ErrorContains(t, err, c.want)
		assert.Nil(t, set)
		assert.Equal(t, strings.Contains(c.want, "no such file"), errors.Is(err, fs.ErrNotExist), "%q", c.args)
	}
}

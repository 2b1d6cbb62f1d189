package classify

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets/stream"
)

// fruit is a table of 3000 examples: sizes about 10 or 20, a word and a class.
func fruit() string {
	var b strings.Builder
	b.WriteString("size,colour,kind,price\n")
	for i := range 3000 {
		size := 10 + 10*(i%2) + i%7 - 3
		fmt.Fprintf(&b, "%d,%s,%s,%v\n", size, []string{"red", "green", "blue"}[i%3], []string{"apple", "melon"}[i%2], 100.25+float64(3*size+20*(i%3)))
	}
	return b.String()
}

// What is streamed is learnt from as what is in memory: classes and values, with the
// features scaled by the training part.
func TestStream(t *testing.T) {
	file := writeFile(t, "fruit.csv", fruit())
	for _, args := range [][]string{
		{"-drop", "price", "-label", "kind"},
		{"-drop", "price", "-label", "kind", "-loss", "logistic"},
		{"-drop", "kind", "-rate", "0.02", "-epochs", "8"},
	} {
		j, stdout, stderr := newJob(t, append(args, "-data", "csv", "-file", file, "-onehot", "auto", "-stream", "-json")...)
		require.IsType(t, (*stream.Table)(nil), j.Train)
		assert.Equal(t, []string{"size", "colour=blue", "colour=green", "colour=red"}, j.Features)
		assert.InDelta(t, 15, j.Transform.Shift[0], 0.5)
		assert.Equal(t, 3000, j.Train.Len()+j.Test.Len())
		require.NoError(t, j.Run(context.Background()), stderr)
		s := summary(t, stdout)
		assert.Equal(t, "ok", s.Gradcheck)
		if s.Accuracies != nil {
			assert.Greater(t, s.TestAccuracy, 0.97)
			assertWhole(t, j)
			continue
		}
		assert.Greater(t, s.Fit.Test.R2, 0.98)
		assert.Contains(t, stderr.String(), "values to predict; -task classify takes them for classes")
		picture(t, filepath.Join(j.Out, "predicted.png"))
	}
}

func TestStreamTakesNoNumbersForClasses(t *testing.T) {
	s := parsed(t, "-data", "csv", "-file", writeFile(t, "fruit.csv", fruit()), "-drop", "kind", "-onehot", "auto", "-stream", "-task", "classify")
	_, err := Load(&s, seeded(1))
	assert.ErrorContains(t, err, "fruit.csv: 42 different numbers as labels are taken for classes in memory alone; -stream=false reads the file there")
}

// A second file is streamed, too, and both are as they would be in memory.
func TestStreamSecondFile(t *testing.T) {
	train, test := writeFile(t, "a.csv", fruit()), writeFile(t, "b.csv", "kind,colour,size\nmelon,red,21\napple,blue,8\n")
	set := loaded(t, "-data", "csv", "-file", train, "-test", test, "-drop", "price", "-label", "kind", "-onehot", "colour", "-stream")
	full := loaded(t, "-data", "csv", "-file", train, "-test", test, "-drop", "price", "-label", "kind", "-onehot", "colour")
	assert.Equal(t, full.Schema, set.Schema)
	assert.InDeltaSlice(t, full.Transform.Shift, set.Transform.Shift, 1e-9)
	assert.InDeltaSlice(t, full.Transform.Scale, set.Transform.Scale, 1e-9)
	for b := range set.Test.Consecutive(0) {
		assert.Equal(t, []int{1, 0}, b.Y.Ints())
		assert.InDeltaSlice(t, features(t, full.Test), b.X.Float32s(), 1e-5)
	}
}

// A file that cannot be read to its end is no shorter file.
func TestStreamIsCutShort(t *testing.T) {
	file := writeFile(t, "fruit.csv", fruit())
	j, _, _ := newJob(t, "-drop", "price", "-label", "kind", "-data", "csv", "-file", file, "-onehot", "auto", "-stream")
	lines := strings.SplitAfter(fruit(), "\n")[:1000]
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(lines, "")+"x\n"), 0o600))
	err := j.Run(context.Background())
	assert.ErrorContains(t, err, "fruit.csv at line 1001: 1 columns, want 4")
}

// A large file is streamed without a flag, which is told, and not where that is refused.
func TestLargeFilesAreStreamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large.csv")
	f, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, f.Truncate(streamedFrom)) // takes no room on the disk
	require.NoError(t, f.Close())
	tuned := Program{Name: "test", Tuning: func(Settings) Tuning { return Tuning{Rate: 1, Epochs: 100} }}
	for _, c := range []struct {
		args   []string
		stream bool
		epochs int
	}{
		{nil, true, 5}, {[]string{"-stream=false"}, false, 100}, {[]string{"-batch", "0"}, false, 1000}, {[]string{"-epochs", "7"}, true, 7},
	} {
		s, err := Parse(tuned, append(c.args, "-data", "csv", "-file", file), io.Discard)
		require.NoError(t, err)
		assert.Equal(t, []any{c.stream, c.epochs}, []any{s.Stream, s.Epochs}, c.args)
	}
	small := parsed(t, "-data", "csv", "-file", writeFile(t, "fruit.csv", fruit()), "-drop", "price", "-label", "kind", "-onehot", "auto")
	assert.False(t, small.Stream)
	small.Stream = true
	set, err := Load(&small, seeded(1))
	require.NoError(t, err)
	assert.Contains(t, set.Notes[0], "fruit.csv is large and streamed: it is read again in every epoch; -stream=false reads it into memory")
}

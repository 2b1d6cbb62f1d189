package datasets_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/datasets/sparse"
)

func TestReadLIBSVM(t *testing.T) {
	for _, test := range []struct {
		name    string
		svm     datasets.LIBSVM
		file    string
		x       [][]float64 // by column
		labels  []int
		classes []string
		targets []float64
	}{
		{
			name: "two classes", file: "+1 1:0.5 3:-2 \n-1 2:1e1\n1\n",
			x: [][]float64{{0.5, 0, 0}, {0, 10, 0}, {-2, 0, 0}}, labels: []int{1, 0, 1}, classes: []string{"-1", "1"},
		},
		{
			name: "three classes, comments, blank lines", file: "# made up\n10 1:1\n\n2 1:2 # second\r\n3.0 1:3",
			x: [][]float64{{1, 2, 3}}, labels: []int{2, 0, 1}, classes: []string{"2", "3", "10"},
		},
		{
			name: "more features than used", svm: datasets.LIBSVM{Features: 2}, file: "0 1:1\n1 1:2\n",
			x: [][]float64{{1, 2}, {0, 0}}, labels: []int{0, 1}, classes: []string{"0", "1"},
		},
		{
			name: "classes given", svm: datasets.LIBSVM{Classes: []string{"1", "-1"}}, file: "-1 1:1\n-1 1:2\n",
			x: [][]float64{{1, 2}}, labels: []int{1, 1}, classes: []string{"1", "-1"},
		},
		{
			name: "targets", svm: datasets.LIBSVM{Real: true}, file: "-0.25 1:1\n7e2 1:2\n",
			x: [][]float64{{1, 2}}, targets: []float64{-0.25, 700},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, file := range [][]byte{[]byte(test.file), gzipped(t, []byte(test.file))} {
				d, err := test.svm.Read(bytes.NewReader(file))
				require.NoError(t, err)
				assert.Equal(t, test.x, columns(t, d))
				assert.Equal(t, test.labels, d.Labels())
				assert.Equal(t, test.classes, d.Classes())
				assert.Equal(t, test.targets, d.Targets())
				x, settled, err := test.svm.ReadSparse(bytes.NewReader(file))
				require.NoError(t, err)
				assert.Equal(t, test.x, full(x))
				assert.Equal(t, test.labels, x.Labels())
				assert.Equal(t, test.classes, x.Classes())
				assert.Equal(t, test.targets, x.Targets())
				assert.Equal(t, datasets.LIBSVM{Features: len(test.x), Start: datasets.IndexOne, Real: test.svm.Real, Classes: test.classes}, settled)
			}
		})
	}
}

// full returns the columns of sparse examples, with their zeros.
func full(x *sparse.Examples) [][]float64 {
	out := make([][]float64, x.Features())
	for j := range out {
		out[j] = make([]float64, x.Len())
	}
	for i := range x.Len() {
		columns, values := x.Row(i)
		for k, c := range columns {
			out[c][i] = values[k]
		}
	}
	return out
}

// Where the first index is 0, what reads the next file starts at 0, too.
func TestReadSparseSettlesTheStart(t *testing.T) {
	x, settled, err := datasets.LIBSVM{}.ReadSparse(strings.NewReader("2 0:5 2:1\n1 1:2\n"))
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{5, 0}, {0, 2}, {1, 0}}, full(x))
	x, _, err = settled.ReadSparse(strings.NewReader("1 1:3\n"))
	require.NoError(t, err)
	assert.Equal(t, [][]float64{{0}, {3}, {0}}, full(x))
	assert.Equal(t, []string{"1", "2"}, x.Classes())
}

// A matrix of a hundred million numbers takes the memory of the thousand in the file.
func TestReadSparseTakesTheMemoryOfTheFile(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "%d %d:0.5 100000000:1\n", i%2, i+1)
	}
	x, _, err := datasets.LIBSVM{}.ReadSparse(strings.NewReader(b.String()))
	require.NoError(t, err)
	assert.Equal(t, []int{1000, 100_000_000, 2000}, []int{x.Len(), x.Features(), x.Stored()})
}

func TestReadLIBSVMErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		svm  datasets.LIBSVM
		file string
		want string
	}{
		{"empty", datasets.LIBSVM{}, "", "at line 1: the file has no examples"},
		{"comments alone", datasets.LIBSVM{}, "# one\n# two\n", "at line 3: the file has no examples"},
		{"no features", datasets.LIBSVM{}, "1\n", "at line 1: the examples have no features"},
		{"label", datasets.LIBSVM{}, "1 1:1\nyes 1:1\n", `at line 2: label "yes" is not a number`},
		{"label not finite", datasets.LIBSVM{Real: true}, "inf 1:1\n", `at line 1: label "inf" is not a finite number`},
		{"class", datasets.LIBSVM{Classes: []string{"-1", "1"}}, "+1 1:1\n0 1:1\n", `at line 2: "0" is not one of the classes ["-1" "1"]`},
		{"no pair", datasets.LIBSVM{}, "1 1:1 2\n", `at line 1: "2" is not a pair index:value`},
		{"query", datasets.LIBSVM{}, "1 qid:1 1:1\n", `at line 1: "qid:1" is the query of a ranking; remove it to read the examples without their queries`},
		{"several labels", datasets.LIBSVM{}, "3 1:1\n1,3 1:1\n", `at line 2: "1,3" are several labels, want one; examples with several are not read`},
		{"no label", datasets.LIBSVM{}, "1:2 2:1\n", `at line 1: no label before "1:2"`},
		{"index", datasets.LIBSVM{}, "1 -2:1\n", `at line 1: index "-2" is not a whole number up to 2147483647`},
		{"index zero", datasets.LIBSVM{Start: datasets.IndexOne}, "1 0:1\n", "at line 1: index 0, want 1 or more; IndexZero, as Start, begins with 0"},
		{"index zero and one too many", datasets.LIBSVM{Features: 3}, "1 0:1\n1 3:1\n", "at line 1: an index is 3, want 0 to 2"},
		{"index too large from zero", datasets.LIBSVM{Features: 3, Start: datasets.IndexZero}, "1 3:1\n", "at line 1: index 3, want at most 2"},
		{"index falls", datasets.LIBSVM{}, "1 3:1 2:1\n", "at line 1: index 2 after 3, want indices that rise"},
		{"index twice", datasets.LIBSVM{}, "1 3:1 3:1\n", "at line 1: index 3 after 3, want indices that rise"},
		{"index too large", datasets.LIBSVM{Features: 4}, "1 4:1 5:1\n", "at line 1: index 5, want at most 4"},
		{"value", datasets.LIBSVM{}, "1 4:\n", `at line 1: "" is not a number`},
		{"value not finite", datasets.LIBSVM{}, "1 4:NaN\n", `at line 1: "NaN" is not a finite number`},
		{"matrix too large", datasets.LIBSVM{}, "1 1:1\n1 100000000:1\n", "at byte 20: 2 examples of 100000000 features are too large for a dense matrix of 134217728 values; ReadSparse keeps them sparse"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, err := test.svm.Read(strings.NewReader(test.file))
			assert.Nil(t, d)
			assert.EqualError(t, err, "datasets: LIBSVM: "+test.want)
			var format *datasets.FormatError
			assert.ErrorAs(t, err, &format)
			if test.name != "matrix too large" {
				_, _, again := test.svm.ReadSparse(strings.NewReader(test.file))
				assert.Equal(t, err, again)
			}
		})
	}
	_, err := datasets.LIBSVM{Features: -1}.Read(strings.NewReader("1 1:1\n"))
	assert.EqualError(t, err, "datasets: LIBSVM: -1 features are asked for")
}

// The figures are those of the description that comes with the data.
func TestRealA9A(t *testing.T) {
	for _, test := range []struct {
		file            string
		negative, total int
		ones            float64
	}{
		{"a9a", 24720, 32561, 451592},
		{"a9a.t", 12435, 16281, 225731},
	} {
		f, err := os.Open(filepath.Join(folder(t, "a9a"), test.file))
		require.NoError(t, err)
		defer f.Close()
		d := must(t)(datasets.LIBSVM{Features: 123}.Read(f))
		assert.Equal(t, test.total, d.Len())
		assert.Equal(t, []string{"-1", "1"}, d.Classes())
		negative := 0
		for _, y := range d.Labels() {
			negative += 1 - y
		}
		assert.Equal(t, test.negative, negative)
		b, err := d.All()
		require.NoError(t, err)
		ones := 0.0
		for _, x := range b.X.Float32s() {
			ones += float64(x)
		}
		assert.Equal(t, test.ones, ones)
	}
}

func FuzzReadLIBSVM(f *testing.F) {
	f.Add("+1 1:0.5 3:-2 \n-1 2:1e1\n", uint8(0))
	f.Add("1\n2 7:1 # x\n", uint8(7))
	f.Add("0.5 1:1 1:1", uint8(1))
	f.Fuzz(func(t *testing.T, file string, features uint8) {
		d, err := datasets.ReadLIBSVMUpTo(1<<16, datasets.LIBSVM{Features: int(features)}, strings.NewReader(file))
		if err != nil {
			require.Nil(t, d)
			return
		}
		b, err := d.Float64().All()
		require.NoError(t, err)
		require.LessOrEqual(t, len(b.X.Float64s()), 1<<16)
		require.Len(t, d.Labels(), d.Len())
		if features > 0 {
			require.Equal(t, int(features), d.Features())
		}
		x, _, err := datasets.LIBSVM{Features: int(features)}.ReadSparse(strings.NewReader(file))
		require.NoError(t, err)
		require.Equal(t, d.Labels(), x.Labels())
		require.Equal(t, columns(t, d), full(x))
	})
}

package classify

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/datasets"
	"declive/datasets/sparse"
	"declive/nn"
)

// words returns n texts as counts of words, of 15,000 that there are: six words of a
// text's own topic, −1 or 1, and one that says nothing.
func words(n int) string {
	var b strings.Builder
	for i := range n {
		topic := i % 2
		fmt.Fprintf(&b, "%d", 2*topic-1)
		for k := range 6 {
			fmt.Fprintf(&b, " %d:%g", 1+2_000*k+200*topic+(17*i+31*k)%150, 0.5+float64(i%3)/2)
		}
		fmt.Fprintf(&b, " %d:1\n", 15_000-i%50)
	}
	return b.String()
}

// Many features of which few are not 0 are kept so, trained on by each program and
// loss, and leave a model of the usual kind.
func TestSparse(t *testing.T) {
	file := writeFile(t, "words.svm", words(1200))
	for _, args := range [][]string{
		{"-loss", "svm", "-epochs", "2", "-rate", "0.5"},
		{"-loss", "logistic", "-epochs", "2"},
		{"-task", "regress", "-epochs", "2", "-rate", "0.05"},
	} {
		j, stdout, stderr := newJob(t, append(args, "-data", "libsvm", "-file", file, "-json")...)
		require.IsType(t, (*sparse.Examples)(nil), j.Train)
		require.NoError(t, j.Run(context.Background()))
		s := summary(t, stdout)
		assert.Equal(t, "ok", s.Gradcheck)
		assert.Contains(t, stderr.String(), "note: 7 of 15000 features are not 0: they are kept sparse, and as they are\n")
		if s.Accuracies != nil {
			assert.Greater(t, s.TestAccuracy, 0.95, args)
		} else {
			assert.Greater(t, s.Fit.Test.R2, 0.8)
		}
	}
}

// The weights are those of the same examples with their zeros.
func TestSparseIsTheFullMatrix(t *testing.T) {
	var text strings.Builder
	for i := range 90 {
		fmt.Fprintf(&text, "%d %d:1 %d:%g %d:2\n", i%3, 1+i%3, 4+i%5, 0.5+float64(i%7), 10+i%31)
	}
	file := writeFile(t, "small.svm", text.String())
	all, _, err := datasets.LIBSVM{}.ReadSparse(strings.NewReader(text.String()))
	require.NoError(t, err)
	full, err := unfolded(all)
	require.NoError(t, err)
	var learnt []*tensor.Dense
	for _, part := range []Part{all, full} {
		j, _, _ := newJob(t, "-data", "libsvm", "-file", file)
		j.Minimise, j.Lambda, j.Train, j.Test = true, 0.1, part, part
		j.Model = nn.NewLinear("scores", 40, 3, nn.Zeros(), nil)
		require.NoError(t, j.Run(context.Background()))
		learnt = append(learnt, j.Model.Params()[0].Value())
	}
	assert.InDeltaSlice(t, learnt[1].Float32s(), learnt[0].Float32s(), 1e-5) // flat to 1e-6, curved by 0.2
}

// A second file has the features of the first, and labels that are numbers their task.
func TestSparseSecondFile(t *testing.T) {
	file, other := writeFile(t, "words.svm", words(1200)), writeFile(t, "more.svm", "1 5:2\n-1 15000:1\n")
	set := loaded(t, "-data", "libsvm", "-file", file, "-test", other)
	assert.Equal(t, []int{1200, 2, 15_000}, []int{set.Train.Len(), set.Test.Len(), set.Test.Features()})
	s := parsed(t, "-data", "libsvm", "-file", file, "-test", writeFile(t, "more.svm", "1 15001:2\n"))
	_, err := Load(&s, seeded(1))
	assert.ErrorContains(t, err, "more.svm at line 1: index 15001, want at most 15000")
}

// Layers behind the first see what they see of a full matrix.
func TestForwardSparse(t *testing.T) {
	file := writeFile(t, "words.svm", words(1200))
	j, stdout, _ := newJob(t, "-data", "libsvm", "-file", file, "-epochs", "3", "-json")
	j.Model = nn.NewMLP("m", []int{15_000, 5, 2}, nn.ReLU{}, nn.HeNormal(), seeded(2))
	require.NoError(t, j.Run(context.Background()))
	assert.Greater(t, summary(t, stdout).TestAccuracy, 0.9)
	j.Model = nn.Sequential{nn.ReLU{}}
	_, err := j.trainer(nil)
	assert.Error(t, err)
}

package classify

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"declive/datasets"
	"declive/train/metric"
)

// prices has homes of a colour, a size and a price that both determine, 30 and 9
// apart.
func prices() string {
	var b strings.Builder
	b.WriteString("id,size,colour,price\n")
	for i := range 40 {
		size, colour := 3*i%17, []string{"red", "blue"}[i%2]
		fmt.Fprintf(&b, "h%d,%d,%s,%v\n", i, size, colour, 1000+30*size+9*(i%2))
	}
	return b.String()
}

// Values to predict are found out, told, predicted in their own unit, and drawn.
func TestRegression(t *testing.T) {
	file := writeFile(t, "prices.csv", prices())
	for _, loss := range []string{"squared", "huber"} {
		args := []string{"-data", "csv", "-file", file, "-drop", "id", "-onehot", "auto", "-json", "-epochs", "300", "-rate", "0.05"}
		if loss == "huber" {
			args = append(args, "-loss", loss)
		}
		j, stdout, stderr := newJob(t, args...)
		assert.Equal(t, loss, j.Loss)
		require.NoError(t, j.Run(context.Background()))
		s := summary(t, stdout)
		assert.Nil(t, s.Accuracies)
		assert.Greater(t, s.Fit.Test.R2, 0.99)
		assert.Less(t, s.Fit.Test.RMSE, 15.0) // prices are 1000 to 1489
		assert.Equal(t, []string{"size", "colour=blue", "colour=red"}, j.Features)
		picture(t, filepath.Join(j.Out, "predicted.png"))
		if loss == "squared" {
			assert.Contains(t, stderr.String(), "note: 34 different numbers in 40 examples are taken for values to predict; -task classify takes them for classes")
		}
		assert.Contains(t, stderr.String(), "a value to predict")
	}
}

// Minimised, the weights are those of ridge regression by its normal equations:
// (XᵀX + nλ·1)·w = Xᵀy for standardised features and targets.
func TestMinimisedRegressionIsRidge(t *testing.T) {
	file := writeFile(t, "prices.csv", prices())
	s := parsed(t, "-data", "csv", "-file", file, "-drop", "id,colour", "-task", "regress")
	s.Minimise, s.Prior = true, 20
	rng := seeded(1)
	set, err := Load(&s, rng)
	require.NoError(t, err)
	assert.InDelta(t, 20.0/32, s.Lambda, 1e-15)
	j, _, _ := newJob(t, "-data", "csv", "-file", file, "-drop", "id,colour", "-task", "regress")
	j.Settings, j.Set = s, set
	j.Out = t.TempDir()
	require.NoError(t, j.Run(context.Background()))

	n := set.Train.Len()
	b, err := whole(set.Train)
	require.NoError(t, err)
	x, y := mat.NewDense(n, 1, b.X.Float64s()), mat.NewDense(n, 1, b.Y.Float64s())
	var gram, moment, w mat.Dense
	gram.Mul(x.T(), x)
	gram.Set(0, 0, gram.At(0, 0)+float64(n)*s.Lambda)
	moment.Mul(x.T(), y)
	require.NoError(t, w.Solve(&gram, &moment))
	assert.InDelta(t, w.At(0, 0), float64(j.Model.Params()[0].Value().Float32s()[0]), 1e-5) // flat to 1e-6, curved by 2 and more
}

// The measures of a fit, by hand: residuals 1, 0, −2 about a mean of 3.
func TestFit(t *testing.T) {
	fit := func(f, y []float64) Fit {
		var m metric.Regression
		require.NoError(t, m.Add(f, y))
		return fitOf(&m)
	}
	f := fit([]float64{0, 3, 7}, []float64{1, 3, 5})
	assert.InDelta(t, 1-5.0/8, f.R2, 1e-15)
	assert.InDelta(t, math.Sqrt(5.0/3), f.RMSE, 1e-15)
	assert.InDelta(t, 1, f.MAE, 1e-15)
	assert.Equal(t, Fit{R2: 0, RMSE: 1, MAE: 1}, fit([]float64{2, 4}, []float64{3, 3}))
}

// Numbers are classes where the flags say so.
func TestTaskByFlag(t *testing.T) {
	file := writeFile(t, "prices.csv", prices())
	set := loaded(t, "-data", "csv", "-file", file, "-drop", "id,colour", "-task", "classify")
	assert.Len(t, set.Classes, 34) // 17 sizes of two colours
	assert.Equal(t, "1000", set.Classes[0])
	set = loaded(t, "-data", "csv", "-file", writeTable(t), "-label", "x", "-task", "regress", "-onehot", "kind")
	assert.Nil(t, set.Classes)
	s := parsed(t, "-data", "csv", "-file", file, "-drop", "id,colour", "-loss", "softmax")
	_, err := Load(&s, seeded(1))
	assert.EqualError(t, err, "-loss softmax is for classes, but there are values to predict; want squared or huber, or -task classify")
}

// A second file is read as the first: the same columns, words and fillings.
func TestFileToTestWith(t *testing.T) {
	train := writeFile(t, "train.csv", "x,colour,kind\n1,red,a\nNA,blue,b\n3,red,a\n8,blue,b\n")
	test := writeFile(t, "test.csv", "kind,colour,x\nb,blue,NA\na,red,4\n")
	set := loaded(t, "-data", "csv", "-file", train, "-test", test, "-onehot", "auto", "-missing", "mean,indicator")
	assert.Equal(t, 4, set.Train.Len())
	assert.Equal(t, []int{1, 0}, table(set.Test).Labels())
	assert.Equal(t, []string{"x", "x missing", "colour=blue", "colour=red"}, set.Features)
	x := features(t, set.Test)
	assert.InDelta(t, 0, x[0], 1e-6, "the mean of the training part")
	assert.Less(t, x[5], x[1])

	for want, text := range map[string]string{
		"test.csv at line 2: column colour: \"green\" is not one of the words": "x,colour,kind\n1,green,a\n",
		"has no labels to compare with":                                        "x,colour\n1,red\n",
	} {
		s := parsed(t, "-data", "csv", "-file", train, "-test", writeFile(t, "test.csv", text), "-onehot", "auto", "-missing", "mean")
		_, err := Load(&s, seeded(1))
		assert.ErrorContains(t, err, want)
	}
}

// New words, and the words that stand for missing values, are as flags say.
func TestWordsByFlag(t *testing.T) {
	train := writeFile(t, "train.csv", "x,colour,kind\n1,red,a\n-999,blue,b\n3,none,a\n8,blue,b\n")
	test := writeFile(t, "test.csv", "x,colour,kind\n2,green,a\n")
	args := []string{"-data", "csv", "-file", train, "-test", test, "-onehot", "auto", "-missing-words", "-999,none", "-missing", "mean"}
	s := parsed(t, args...)
	_, err := Load(&s, seeded(1))
	assert.ErrorContains(t, err, `"green" is not one of the words ["blue" "red"]; -other takes new words`)
	set := loaded(t, append(args, "-other")...)
	assert.Equal(t, []string{"x", "colour=blue", "colour=red"}, set.Features)
	assert.InDelta(t, 4, set.Transform.Shift[0], 1e-12, "the mean of 1, 3, 8 fills")
	x := features(t, set.Test)
	assert.Less(t, max(x[1], x[2]), float32(0), "it is neither")
}

// The schema beside the weights reads files to come.
func TestSchemaIsKept(t *testing.T) {
	j, _, _ := newJob(t, "-data", "csv", "-file", writeFile(t, "t.csv", "x,colour,kind\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n5,red,a\n"), "-onehot", "colour")
	require.NoError(t, j.Run(context.Background()))
	text, err := os.ReadFile(filepath.Join(j.Out, "schema.json"))
	require.NoError(t, err)
	s := new(datasets.Schema)
	require.NoError(t, json.Unmarshal(text, s))
	d, err := s.Read(strings.NewReader("colour,x\nblue,7\n"))
	require.NoError(t, err)
	assert.Equal(t, []float32{7, 1, 0}, features(t, d))
}

// Standard input, packed or not, is a file as others.
func TestStandardInput(t *testing.T) {
	table, err := os.ReadFile(writeTable(t))
	require.NoError(t, err)
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write(table)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for _, content := range [][]byte{table, packed.Bytes()} {
		s := parsed(t, "-data", "csv", "-file", "-", "-label", "kind")
		s.Stdin = bytes.NewReader(content)
		set, err := Load(&s, seeded(1))
		require.NoError(t, err)
		assert.Equal(t, 8, set.Train.Len())
	}
	s := parsed(t, "-data", "csv", "-file", "-")
	_, err = Load(&s, seeded(1))
	assert.EqualError(t, err, "-file - is standard input, and there is none")
}

func TestLIBSVM(t *testing.T) {
	train := writeFile(t, "train.svm", "1 0:1 2:5\n-1 1:2\n1 0:3\n-1 1:1\n1 2:2\n")
	test := writeFile(t, "test.svm", "-1 1:4\n")
	set := loaded(t, "-data", "libsvm", "-file", train, "-test", test)
	assert.Equal(t, []string{"-1", "1"}, set.Classes)
	assert.Equal(t, []string{"an index is 0: indices are taken to start at 0"}, set.Notes)
	assert.Equal(t, 3, set.Test.Features(), "indices start at 0 in the second file, too")
	assert.Equal(t, []int{0}, table(set.Test).Labels())
	set = loaded(t, "-data", "libsvm", "-file", train)
	assert.Equal(t, []int{4, 1}, []int{set.Train.Len(), set.Test.Len()})

	var values strings.Builder
	for i := range 15 {
		fmt.Fprintf(&values, "%v 1:%d\n", float64(i)/4, i)
	}
	file := writeFile(t, "values.svm", values.String())
	assert.Nil(t, loaded(t, "-data", "libsvm", "-file", file).Classes)
	assert.Len(t, loaded(t, "-data", "libsvm", "-file", file, "-task", "classify").Classes, 15)
}

// What to do is said in the words of the flags.
func TestAdviceIsInFlags(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"x,y,kind\n1,,a\n2,3,b\n", `line 2: column y: missing value ""; -missing says what to do`},
		{"x,y\n1,a\n2,?\n", `line 3: column y: missing value "?"; -missing drop leaves the example out`},
		{"x,y,kind\n1,red,a\n2,blue,b\n", `"red" is not a number; a column of words is for -onehot or -drop`},
		{".,1,a\n2,3,a\n4,5,b\n", `"." is not a number; if the line is a header, say so with -header yes`},
		{"1;2;a\n3;4;b\n", `the columns look divided by semicolons; use -comma ";"`},
		{"1\t2\ta\n3\t4\tb\n", "the columns look divided by tabs; use -comma tab"},
		{"1 2 a\n3 4 b\n", "the columns look divided by blanks; use -comma blanks"},
		{"x,y,y\n1,2,2\n2,3,3\n", `both have the label's name "y"; give the index of one to -drop`},
	} {
		s := parsed(t, "-data", "csv", "-file", writeFile(t, "t.csv", c.text))
		_, err := Load(&s, seeded(1))
		assert.ErrorContains(t, err, c.want)
		var format *datasets.FormatError
		assert.ErrorAs(t, err, &format)
	}
	set := loaded(t, "-data", "csv", "-file", writeFile(t, "t.csv", "0,1,kind\n5.1,3.5,a\n4.9,3,a\n6.4,3.2,b\n"))
	assert.Equal(t, []string{`line 1 is taken for a header: ["0" "1" "kind"]; say with -header yes or no what it is`}, set.Notes)
}

// Whatever a file holds, what is said of it is short.
func TestErrorsAreShort(t *testing.T) {
	t.Chdir(t.TempDir()) // file names are the user's
	tables := 0
	for _, word := range []string{strings.Repeat("long word ", 900), strings.Repeat("\x01\u200b", 4000), strings.Repeat("ж", 9000)} {
		wide := strings.Repeat(word[:60]+",", 3000)
		for _, text := range []string{
			"x,y,kind\n1,2,a\n" + word + ",3,b\n1,2,a\n",
			"x," + word + ",kind\n1,two,a\n2,3,b\n4,5,a\n",
			"x,y,kind\n1,2," + word + "\n2,3," + word + "\n3,4," + word + "\n",
			word + "," + word + ",kind\n1,2,a\n2,3,b\n3,4,a\n",
			"x,y," + word + "\n1,2,a\n2,,b\n3,4,a\n",
			wide + "kind\n1,2\n3,4\n",
			wide + "kind\n" + strings.Repeat("1,", 3000) + "a\n" + strings.Repeat("z,", 3000) + "b\n",
			word + "\n" + word + "\n",
			"1 1:2\n" + strings.ReplaceAll(word, " ", "_") + " 1:2\n",
			"1 1:2\n1 " + strings.ReplaceAll(word, " ", "_") + "\n",
			"1 1:2\n1 1:" + strings.ReplaceAll(word, " ", "_") + "\n",
			"1 1:2\n1 1:2 3" + strings.ReplaceAll(word, " ", "_") + ":2\n",
		} {
			require.NoError(t, os.WriteFile("t", []byte(text), 0o600))
			require.NoError(t, os.WriteFile("o", []byte("x,colour,kind\n1,a,u\n1,b,v\n1,a,u\n"), 0o600))
			require.NoError(t, os.WriteFile("q", []byte("x,colour,kind\n1,"+word+",u\n1,b,"+word+"\n"), 0o600))
			for _, args := range [][]string{
				{"-data", "csv"}, {"-data", "csv", "-stream"}, {"-data", "libsvm"}, {"-data", "csv", "-label", word}, {"-data", "csv", "-drop", word + "," + word},
				{"-data", "csv", "-task", "regress"}, {"-data", "csv", "-onehot", "auto", "-missing", "mean"},
				{"-data", "csv", "-onehot", "auto", "-file", "o", "-test", "q"}, {"-data", "csv", "-onehot", "auto", "-file", "o", "-test", "t"},
			} {
				s, err := Parse(program, append([]string{"-file", "t"}, args...), io.Discard)
				var set *Set
				if err == nil {
					set, err = Load(&s, seeded(1))
				}
				if err != nil {
					tables++
					assert.LessOrEqual(t, utf8.RuneCountInString(err.Error()), 300, "%s", err)
					continue
				}
				for _, note := range set.Notes {
					assert.LessOrEqual(t, utf8.RuneCountInString(note), 300, "%s", note)
				}
			}
		}
	}
	assert.Greater(t, tables, 200)
}

package datasets_test

import (
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	d, err := datasets.New([]float64{1, 2, 3, 4, 5, 6}, 2)
	require.NoError(t, err)
	labelled, err := d.WithLabels([]int{0, 1, 0})
	require.NoError(t, err)
	empty, err := datasets.New([]float64(nil), 2)
	require.NoError(t, err)
	made := func(_ *datasets.Dataset, err error) error { return err }
	created := func(shape ...int) func() error {
		return func() error { return made(datasets.New(make([]uint8, 6), shape...)) }
	}
	split := func(fraction float64, rng *rand.Rand) func() error {
		return func() error { _, _, err := d.Split(fraction, rng); return err }
	}
	with := func(t datasets.Transform) func() error { return func() error { return made(d.With(t)) } }
	walk := func(size int, rng *rand.Rand) func() error {
		return exported.Panics(func() { drain(d.Minibatches(size, rng)) })
	}

	calls := []exported.Call{
		{Of: "New", With: "nil values", Do: func() error { return made(datasets.New[uint8](nil)) }, Accepted: true},
		{Of: "New", With: "no whole number of examples", Do: created(4)},
		{Of: "New", With: "length 0", Do: created(2, 0)},
		{Of: "New", With: "negative length", Do: created(-2)},
		{Of: "New", With: "a size that overflows to 0", Do: created(math.MaxInt/2+1, 2, 2)},
		{Of: "New", With: "a size that overflows to 2", Do: created(math.MaxInt, math.MaxInt, 2)},
		{Of: "New", With: "a huge size of no values", Do: func() error { return made(datasets.New[uint8](nil, math.MaxInt)) }, Accepted: true},

		{Of: "Dataset.Batch", With: "no indices", Do: func() error { _, err := d.Batch(); return err }},
		{Of: "Dataset.Batch", With: "negative index", Do: func() error { _, err := d.Batch(-1); return err }},
		{Of: "Dataset.Batch", With: "huge index", Do: func() error { _, err := d.Batch(math.MaxInt); return err }},
		{Of: "Dataset.All", With: "no examples", Do: func() error { _, err := empty.All(); return err }},
		{Of: "Dataset.Select", With: "negative index", Do: func() error { return made(d.Select(-1)) }},
		{Of: "Dataset.Select", With: "one index twice", Do: func() error { return made(d.Select(1, 1)) }},
		{Of: "Dataset.Slice", With: "negative from", Do: func() error { return made(d.Slice(-1, 2)) }},
		{Of: "Dataset.Slice", With: "from above to", Do: func() error { return made(d.Slice(2, 1)) }},
		{Of: "Dataset.Slice", With: "huge to", Do: func() error { return made(d.Slice(0, math.MaxInt)) }},
		{Of: "Dataset.Split", With: "nil rng", Do: split(0.5, nil)},
		{Of: "Dataset.Split", With: "fraction 0", Do: split(0, rng)},
		{Of: "Dataset.Split", With: "fraction NaN", Do: split(math.NaN(), rng)},
		{Of: "Dataset.Split", With: "fraction 1e300", Do: split(1e300, rng)},
		{Of: "Dataset.Split", With: "no examples", Do: func() error { _, _, err := empty.Split(0.5, rng); return err }},
		{Of: "Dataset.WithLabels", With: "nil labels", Do: func() error { return made(d.WithLabels(nil)) }},
		{Of: "Dataset.WithLabels", With: "negative label", Do: func() error { return made(d.WithLabels([]int{0, -1, 0})) }},
		{Of: "Dataset.WithLabels", With: "huge label", Do: func() error { return made(d.WithLabels([]int{0, 1, math.MaxInt})) }},
		{Of: "Dataset.WithLabels", With: "a label beyond memory", Do: func() error { return made(d.WithLabels([]int{0, 1, math.MaxInt32 - 1})) }},
		{Of: "Dataset.WithLabels", With: "a label without name", Do: func() error { return made(d.WithLabels([]int{0, 1, 2}, "a", "b")) }},
		{Of: "Dataset.WithTargets", With: "nil targets", Do: func() error { return made(d.WithTargets(nil)) }},
		{Of: "Dataset.WithTargets", With: "other length", Do: func() error { return made(d.WithTargets([]float64{1, 2}, 2)) }},
		{Of: "Dataset.WithTargets", With: "negative shape", Do: func() error { return made(d.WithTargets([]float64{1, 2, 3}, -1)) }},
		{Of: "Dataset.WithTargets", With: "an overflowing shape", Do: func() error { return made(d.WithTargets(nil, math.MaxInt/2+1, 2)) }},
		{Of: "Dataset.WithTargets", With: "a size that overflows to 0", Do: func() error {
			e, err := datasets.New([]float64{1, 2, 3, 4})
			require.NoError(t, err)
			return made(e.WithTargets(nil, math.MaxInt/2+1))
		}},
		{Of: "Dataset.WithTargets", With: "a huge shape for no examples of three", Do: func() error {
			none, err := d.Slice(0, 0)
			require.NoError(t, err)
			return made(none.WithTargets(nil, math.MaxInt/2))
		}},
		{Of: "Dataset.OneHot", With: "no labels", Do: func() error { return made(d.OneHot()) }},
		{Of: "Dataset.OneHot", With: "no classes", Do: func() error {
			none, err := empty.WithLabels(nil)
			require.NoError(t, err)
			return made(none.OneHot())
		}},
		{Of: "Dataset.Signs", With: "no labels", Do: func() error { return made(d.Signs()) }},
		{Of: "Dataset.With", With: "no transforms", Do: func() error { return made(d.With()) }, Accepted: true},
		{Of: "Dataset.With", With: "empty transform", Do: with(datasets.Transform{})},
		{Of: "Dataset.With", With: "other length", Do: with(datasets.Transform{Shift: []float64{1, 2, 3}, Scale: []float64{1}})},
		{Of: "Dataset.With", With: "scale 0", Do: with(datasets.Transform{Shift: []float64{1}, Scale: []float64{0}})},
		{Of: "Dataset.With", With: "NaN", Do: with(datasets.Transform{Shift: []float64{math.NaN()}, Scale: []float64{1}})},
		{Of: "Dataset.With", With: "transforms that overflow together", Do: func() error { return made(d.With(datasets.Scale(1e200), datasets.Scale(1e200))) }},
		{Of: "Dataset.With", With: "transforms that underflow together", Do: func() error { return made(d.With(datasets.Scale(1e-200), datasets.Scale(1e-200))) }},
		{Of: "Dataset.Minibatches", With: "nil rng", Do: walk(2, nil)},
		{Of: "Dataset.Minibatches", With: "nil rng, which all at once leave alone", Do: walk(0, nil), Accepted: true},
		{Of: "Dataset.MinibatchesPart", With: "a part too many", Do: exported.Panics(func() { d.MinibatchesPart(2, rng, 3, 3) })},
		{Of: "Dataset.MinibatchesPart", With: "a negative part", Do: exported.Panics(func() { d.MinibatchesPart(2, rng, -1, 3) })},
		{Of: "Dataset.MinibatchesPart", With: "no parts", Do: exported.Panics(func() { d.MinibatchesPart(2, rng, 0, 0) })},
		{Of: "Dataset.MinibatchesPart", With: "nil rng", Do: exported.Panics(func() { d.MinibatchesPart(2, nil, 0, 3) })},
		{Of: "Dataset.Minibatches", With: "negative size", Do: walk(-1, rng), Accepted: true},
		{Of: "Dataset.Minibatches", With: "huge size", Do: walk(math.MaxInt, rng), Accepted: true},
		{Of: "Dataset.Consecutive", With: "negative size", Do: exported.Panics(func() { drain(d.Consecutive(-1)) }), Accepted: true},
		{Of: "Dataset.Consecutive", With: "huge size", Do: exported.Panics(func() { drain(labelled.Consecutive(math.MaxInt)) }), Accepted: true},
		{Of: "Dataset.Consecutive", With: "no examples", Do: exported.Panics(func() { drain(empty.Consecutive(1)) }), Accepted: true},
		{Of: "Dataset.Sampled", With: "nil rng", Do: exported.Panics(func() { d.Sampled(2, nil) })},
		{Of: "Dataset.Sampled", With: "huge size", Do: exported.Panics(func() { drain(d.Sampled(math.MaxInt, rng)) }), Accepted: true},
		{Of: "Dataset.Sampled", With: "no examples", Do: exported.Panics(func() { drain(empty.Sampled(2, rng)) }), Accepted: true},

		{Of: "Scale", With: "0", Do: with(datasets.Scale(0))},
		{Of: "Scale", With: "NaN", Do: with(datasets.Scale(math.NaN()))},
		{Of: "SubtractMean", With: "nil data", Do: with(datasets.SubtractMean(nil))},
		{Of: "SubtractMean", With: "empty struct", Do: with(datasets.SubtractMean(&datasets.Dataset{}))},
		{Of: "SubtractMean", With: "no examples", Do: with(datasets.SubtractMean(empty)), Accepted: true},
		{Of: "Standardise", With: "nil data", Do: with(datasets.Standardise(nil))},
		{Of: "Standardise", With: "no examples", Do: with(datasets.Standardise(empty)), Accepted: true},
		{Of: "StandardiseChannels", With: "nil data", Do: with(datasets.StandardiseChannels(nil))},
		{Of: "StandardiseChannels", With: "no examples", Do: with(datasets.StandardiseChannels(empty)), Accepted: true},

		{Of: "LoadEMNIST", With: "no such part", Do: func() error { _, _, err := datasets.LoadEMNIST(os.DirFS(t.TempDir()), "words"); return err }},
		{Of: "LoadEMNIST", With: "nil file system", Do: func() error { _, _, err := datasets.LoadEMNIST(nil, "letters"); return err }},
		{Of: "LoadCIFAR100", With: "nil file system", Do: func() error { _, _, err := datasets.LoadCIFAR100(nil, datasets.CIFAR100Fine); return err }},
		{Of: "LoadCIFAR100", With: "no such labels", Do: func() error { _, _, err := datasets.LoadCIFAR100(os.DirFS(t.TempDir()), 2); return err }},
		{Of: "ReadCIFAR100", With: "no such labels", Do: func() error { return made(datasets.ReadCIFAR100(strings.NewReader(""), 3)) }},
		{Of: "LoadCIFAR10", With: "nil file system", Do: func() error { _, _, err := datasets.LoadCIFAR10(nil); return err }},
		{Of: "LoadCIFAR10", With: "no files", Do: func() error { _, _, err := datasets.LoadCIFAR10(fstest.MapFS{}); return err }},
		{Of: "LoadMNIST", With: "nil file system", Do: func() error { _, _, err := datasets.LoadMNIST(nil); return err }},
		{Of: "LoadMNISTPart", With: "nil file system", Do: func() error { return made(datasets.LoadMNISTPart(nil, "train")) }},
		{Of: "LoadMNISTPart", With: "no part", Do: func() error { return made(datasets.LoadMNISTPart(fstest.MapFS{}, "")) }},
		{Of: "LoadMNISTPart", With: "a path outside", Do: func() error { return made(datasets.LoadMNISTPart(os.DirFS(t.TempDir()), "../..")) }},
	}
	calls = append(calls, views(t)...)
	calls = append(calls, generators(rng)...)
	calls = append(calls, readers()...)
	exported.Check(t, ".", calls)
}

func drain(batches func(yield func(autodiff.Batch) bool)) {
	for range batches {
	}
}

// generators calls every generator with each of its arguments wrong.
func generators(rng *rand.Rand) []exported.Call {
	const huge = math.MaxInt/2 + 1 // twice, or four times, it is 0
	nan := math.NaN()
	type call = func() (*datasets.Dataset, error)
	var calls []exported.Call
	for of, cases := range map[string]map[string]call{
		"Blobs": {
			"nil rng":              func() (*datasets.Dataset, error) { return datasets.Blobs(3, 2, 2, 1, nil) },
			"negative n":           func() (*datasets.Dataset, error) { return datasets.Blobs(-1, 2, 2, 1, rng) },
			"huge n":               func() (*datasets.Dataset, error) { return datasets.Blobs(huge, 2, 2, 1, rng) },
			"no features":          func() (*datasets.Dataset, error) { return datasets.Blobs(3, 0, 2, 1, rng) },
			"huge features":        func() (*datasets.Dataset, error) { return datasets.Blobs(4, huge, 2, 1, rng) },
			"huge features of 0":   func() (*datasets.Dataset, error) { return datasets.Blobs(0, huge, 2, 1, rng) },
			"no classes":           func() (*datasets.Dataset, error) { return datasets.Blobs(3, 2, 0, 1, rng) },
			"huge classes":         func() (*datasets.Dataset, error) { return datasets.Blobs(3, 2, huge, 1, rng) },
			"NaN deviation":        func() (*datasets.Dataset, error) { return datasets.Blobs(3, 2, 2, nan, rng) },
			"infinite deviation":   func() (*datasets.Dataset, error) { return datasets.Blobs(3, 2, 2, math.Inf(1), rng) },
			"more than memory has": func() (*datasets.Dataset, error) { return datasets.Blobs(1<<20, 1<<20, 2, 1, rng) },
		},
		"Digits": {
			"nil rng":    func() (*datasets.Dataset, error) { return datasets.Digits(3, nil) },
			"negative n": func() (*datasets.Dataset, error) { return datasets.Digits(-1, rng) },
			"huge n":     func() (*datasets.Dataset, error) { return datasets.Digits(huge, rng) },
		},
		"Linear": {
			"nil rng":       func() (*datasets.Dataset, error) { return datasets.Linear(3, []float64{1}, 0, 1, nil) },
			"negative n":    func() (*datasets.Dataset, error) { return datasets.Linear(-1, []float64{1}, 0, 1, rng) },
			"huge n":        func() (*datasets.Dataset, error) { return datasets.Linear(huge, []float64{1, 2}, 0, 1, rng) },
			"nil weights":   func() (*datasets.Dataset, error) { return datasets.Linear(3, nil, 0, 1, rng) },
			"NaN weight":    func() (*datasets.Dataset, error) { return datasets.Linear(3, []float64{nan}, 0, 1, rng) },
			"infinite bias": func() (*datasets.Dataset, error) { return datasets.Linear(3, []float64{1}, math.Inf(1), 1, rng) },
			"negative noise": func() (*datasets.Dataset, error) {
				return datasets.Linear(3, []float64{1}, 0, -1, rng)
			},
		},
		"Moons": {
			"nil rng":    func() (*datasets.Dataset, error) { return datasets.Moons(3, 1, nil) },
			"negative n": func() (*datasets.Dataset, error) { return datasets.Moons(-1, 1, rng) },
			"huge n":     func() (*datasets.Dataset, error) { return datasets.Moons(huge, 1, rng) },
			"NaN noise":  func() (*datasets.Dataset, error) { return datasets.Moons(3, nan, rng) },
		},
		"Spirals": {
			"nil rng":      func() (*datasets.Dataset, error) { return datasets.Spirals(3, 2, 1, nil) },
			"negative n":   func() (*datasets.Dataset, error) { return datasets.Spirals(-1, 2, 1, rng) },
			"huge n":       func() (*datasets.Dataset, error) { return datasets.Spirals(huge, 2, 1, rng) },
			"no classes":   func() (*datasets.Dataset, error) { return datasets.Spirals(3, 0, 1, rng) },
			"huge classes": func() (*datasets.Dataset, error) { return datasets.Spirals(3, huge, 1, rng) },
			"NaN noise":    func() (*datasets.Dataset, error) { return datasets.Spirals(3, 2, nan, rng) },
		},
	} {
		for with, do := range cases {
			calls = append(calls, exported.Call{Of: of, With: with, Do: func() error { _, err := do(); return err }})
		}
	}
	return calls
}

// readers calls every reader with nothing to read from, and with settings that
// have no meaning.
func readers() []exported.Call {
	const table = "1,2,x\n3,4,y\n"
	var closed *os.File // as os.Open returns it with an error
	var calls []exported.Call
	for of, read := range map[string]func(r io.Reader) (*datasets.Dataset, error){
		"ReadCIFAR10": datasets.ReadCIFAR10,
		"ReadIDX":     datasets.ReadIDX,
		"ReadCIFAR100": func(r io.Reader) (*datasets.Dataset, error) {
			return datasets.ReadCIFAR100(r, datasets.CIFAR100Fine)
		},
		"ReadMNIST":   func(r io.Reader) (*datasets.Dataset, error) { return datasets.ReadMNIST(r, r) },
		"CSV.Read":    datasets.CSV{}.Read,
		"LIBSVM.Read": datasets.LIBSVM{}.Read,
		"LIBSVM.ReadSparse": func(r io.Reader) (*datasets.Dataset, error) {
			_, _, err := datasets.LIBSVM{}.ReadSparse(r)
			return nil, err
		},
	} {
		for with, r := range map[string]io.Reader{"nil reader": nil, "nil file": closed, "nothing": strings.NewReader("")} {
			calls = append(calls, exported.Call{Of: of, With: with, Do: func() error { _, err := read(r); return err }})
		}
	}
	for with, t := range map[string]datasets.Transform{
		"nothing": {}, "another width": {Shift: []float64{1, 2}, Scale: []float64{1}}, "scale 0": datasets.Scale(0), "NaN": datasets.Scale(nan),
	} {
		calls = append(calls, exported.Call{Of: "Transform.Check", With: with, Do: func() error { return t.Check(3) }})
	}
	for with, c := range map[string]datasets.CSV{
		"a class twice":             {Classes: []string{"x", "x", "y"}},
		"a comma that is none":      {Comma: '\n'},
		"a comment that is a comma": {Comment: ','},
		"no such label":             {Label: "9223372036854775807"},
		"all dropped":               {Drop: []string{"0", "1"}},
		"a column dropped twice":    {Drop: []string{"0", "-3"}},
		"real labels of words":      {Real: true},
	} {
		calls = append(calls, exported.Call{Of: "CSV.Read", With: with, Do: func() error { _, err := c.Read(strings.NewReader(table)); return err }})
	}
	for with, c := range map[string]datasets.CSV{
		"no such header":                     {Header: 7},
		"no such fill":                       {Missing: datasets.Missing{Fill: 99}},
		"a NaN to fill with":                 {Missing: datasets.Missing{Fill: datasets.FillConstant, Value: nan}},
		"a constant that is not filled":      {Missing: datasets.Missing{Fill: datasets.FillMean, Value: 3}},
		"an indicator without a fill":        {Missing: datasets.Missing{Indicator: true}},
		"a label of an unlabelled table":     {Unlabelled: true, Label: "0"},
		"classes of an unlabelled table":     {Unlabelled: true, Classes: []string{"x", "y"}},
		"classes that are real":              {Real: true, Classes: []string{"x", "y"}},
		"a comment that is a quote":          {Comment: '"'},
		"a comment that is a run of blanks":  {Comma: datasets.Blanks, Comment: ' '},
		"a header where the lines have more": {Header: datasets.HeaderYes, Label: "7"},
	} {
		calls = append(calls, exported.Call{Of: "CSV.Table", With: with, Do: func() error { _, err := c.Table(strings.NewReader(table)); return err }})
	}
	calls = append(calls, schemas()...)
	for with, c := range map[string]datasets.LIBSVM{
		"no such start":            {Start: 9},
		"classes that are real":    {Real: true, Classes: []string{"1", "2"}},
		"a class twice":            {Classes: []string{"1", "1.0", "2"}},
		"a class that is a word":   {Classes: []string{"x", "1", "2"}},
		"a class that is infinite": {Classes: []string{"Inf", "1", "2"}},
		"negative features":        {Features: -1},
		"huge features":            {Features: math.MaxInt},
	} {
		calls = append(calls, exported.Call{Of: "LIBSVM.Read", With: with, Do: func() error {
			_, err := c.Read(strings.NewReader("1 1:2\n2 1:3\n"))
			return err
		}}, exported.Call{Of: "LIBSVM.ReadSparse", With: with, Do: func() error {
			_, _, err := c.ReadSparse(strings.NewReader("1 1:2\n2 1:3\n"))
			return err
		}})
	}
	return calls
}

// schemas calls what takes tables and schemas, with schemas that have no meaning.
func schemas() []exported.Call {
	t, err := datasets.CSV{}.Table(strings.NewReader("1,2,x\n3,4,y\n"))
	if err != nil {
		panic(err)
	}
	split := func(fraction float64, rng *rand.Rand) func() error {
		return func() error { _, _, err := t.Split(fraction, rng); return err }
	}
	calls := []exported.Call{
		{Of: "Table.Split", With: "nil rng", Do: split(0.5, nil)},
		{Of: "Table.Split", With: "fraction NaN", Do: split(nan, seeded(1))},
		{Of: "Table.Split", With: "fraction 1e-9", Do: split(1e-9, seeded(1))},
	}
	infinite, none, word := math.Inf(1), 0.0, "green"
	columns := func(c ...datasets.Column) *datasets.Schema { return &datasets.Schema{Columns: c} }
	number := datasets.Column{Name: "a", Role: datasets.RoleNumber}
	for with, s := range map[string]*datasets.Schema{
		"nil schema":                    nil,
		"no columns":                    {},
		"no features":                   columns(datasets.Column{Role: datasets.RoleTarget}),
		"no such role":                  columns(datasets.Column{Role: "feature"}),
		"two labels":                    columns(number, datasets.Column{Role: datasets.RoleTarget}, datasets.Column{Role: datasets.RoleTarget}),
		"an infinite fill":              columns(datasets.Column{Role: datasets.RoleNumber, Fill: &infinite}),
		"words that are filled by zero": columns(datasets.Column{Role: datasets.RoleWords, Words: []string{"red"}, Fill: &none}),
		"a fill that is no word":        columns(datasets.Column{Role: datasets.RoleWords, Words: []string{"red"}, FillWord: &word}),
		"a word twice":                  columns(datasets.Column{Role: datasets.RoleWords, Words: []string{"1", "1.0"}}),
		"no words":                      columns(number, datasets.Column{Role: datasets.RoleWords}),
		"an indicator alone":            columns(datasets.Column{Role: datasets.RoleNumber, Indicator: true}),
		"two commas":                    {Comma: ",,", Columns: []datasets.Column{number}},
		"a comment of two":              {Comment: "//", Columns: []datasets.Column{number}},
		"a comma that is a line end":    {Comma: "\n", Columns: []datasets.Column{number}},
		"another number of columns":     columns(number, number, number, number),
	} {
		calls = append(calls,
			exported.Call{Of: "Schema.Dataset", With: with, Do: func() error { _, err := s.Dataset(t); return err }},
			exported.Call{Of: "Schema.Read", With: with, Do: func() error { _, err := s.Read(strings.NewReader("1,2\n3,4\n")); return err }})
	}
	s, err := t.Learn()
	if err != nil {
		panic(err)
	}
	return append(calls,
		exported.Call{Of: "Schema.Dataset", With: "nil table", Do: func() error { _, err := s.Dataset(nil); return err }},
		exported.Call{Of: "Schema.Read", With: "nil reader", Do: func() error { _, err := s.Read(nil); return err }})
}

// TestClassesInAnotherSpelling are the same classes.
func TestClassesInAnotherSpelling(t *testing.T) {
	d, err := datasets.LIBSVM{Classes: []string{"+1", "-1.0"}}.Read(strings.NewReader("-1 1:2\n1 1:3\n"))
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "-1"}, d.Classes())
	assert.Equal(t, []int{1, 0}, d.Labels())
}

// TestNilFileSystemNamesTheFile says what was looked for.
func TestNilFileSystemNamesTheFile(t *testing.T) {
	var none fs.FS
	_, _, err := datasets.LoadCIFAR10(none)
	assert.EqualError(t, err, "datasets: open data_batch_1.bin: the file system is nil; use os.DirFS")
}

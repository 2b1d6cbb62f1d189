package classify

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"declive/datasets"
)

// A Table is what the flags say about examples in a file of text.
type Table struct {
	File  string // "-" for standard input
	Test  string // file to test with; "" for a fifth of the examples
	Label string // column; "" for the last
	Task  string // classify or regress; "" to find out

	Header       datasets.Header
	Comma        rune // 0 for the usual one
	Comment      rune
	DecimalComma bool
	Drop, OneHot []string
	OneHotAll    bool
	Other        bool // a new word is none of a column's
	Missing      datasets.Missing
	Stream       bool // not in memory: the file is read again in every epoch
}

// tables are the kinds of data that are in a file of text.
var tables = []string{"csv", "libsvm"}

// register adds the flags about tables.
func (t *Table) register(fs *flag.FlagSet) {
	fs.StringVar(&t.File, "file", "", "file of -data csv or libsvm, packed or not; - is standard input")
	fs.StringVar(&t.Test, "test", "", "`file` to test with, read as the first one was (default a fifth of -file, at random)")
	fs.StringVar(&t.Task, "task", "", "classify or regress (default by the labels)")
	fs.StringVar(&t.Label, "label", "", "label `column` of -data csv, by name or index (default the last)")
	fs.Func("header", "whether the first line of -data csv names the columns: auto, yes, no (default auto)", choice(&t.Header, headers))
	fs.Func("comma", "`character` between columns, or tab, space, blanks for runs of them (default ,)", character(&t.Comma, commas))
	fs.Func("comment", "`character` that begins a line to be skipped (default none)", character(&t.Comment, nil))
	fs.BoolVar(&t.DecimalComma, "decimal-comma", false, "1,5 is one and a half")
	fs.Func("drop", "`columns` to leave out, such as id,name", list(&t.Drop))
	fs.Func("onehot", "`columns` of words, each word a feature, such as colour,size; auto for all that have words", func(text string) error {
		t.OneHotAll = text == "auto"
		if t.OneHotAll {
			t.OneHot = nil
			return nil
		}
		return list(&t.OneHot)(text)
	})
	fs.BoolVar(&t.Other, "other", false, "a word of -test that -file does not have is none of its column's, and no error")
	fs.Func("missing-words", "`words` that stand for a missing value, such as -,-999 (default an empty field, NA, N/A, NaN, null and ?)", list(&t.Missing.Words))
	fs.BoolVar(&t.Stream, "stream", false, "read the file of -data csv, or images, again in every epoch, and hold little of it in memory (default for more than 1 GiB)")
	fs.Func("missing", "`what` to do where a value is missing: error, drop the example, or fill with mean, median, frequent or a number; with ,indicator a feature more says where (default error)", t.setMissing)
}

var (
	headers = map[string]datasets.Header{"auto": datasets.HeaderAuto, "yes": datasets.HeaderYes, "no": datasets.HeaderNo}
	commas  = map[string]rune{"tab": '\t', "space": ' ', "blanks": datasets.Blanks}
	fills   = map[string]datasets.Fill{
		"error": datasets.FillNone, "drop": datasets.DropRow,
		"mean": datasets.FillMean, "median": datasets.FillMedian, "frequent": datasets.FillMostFrequent,
	}
)

// choice returns the function of a flag that takes one of some names.
func choice[T any](to *T, names map[string]T) func(string) error {
	return func(text string) error {
		value, ok := names[text]
		if !ok {
			return fmt.Errorf("want one of %s", sortedNames(names))
		}
		*to = value
		return nil
	}
}

func sortedNames[T any](names map[string]T) string {
	var all []string
	for name := range names {
		all = append(all, name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// character returns the function of a flag that takes one character, or the name
// of one.
func character(to *rune, names map[string]rune) func(string) error {
	return func(text string) error {
		if r, ok := names[text]; ok {
			*to = r
			return nil
		}
		r, n := utf8.DecodeRuneInString(text)
		if n == 0 || n != len(text) {
			return fmt.Errorf("want one character")
		}
		*to = r
		return nil
	}
}

// list returns the function of a flag that takes names separated by commas.
func list(to *[]string) func(string) error {
	return func(text string) error {
		*to = strings.Split(text, ",")
		return nil
	}
}

// setMissing is the function of -missing.
func (t *Table) setMissing(text string) error {
	text, indicator := strings.CutSuffix(text, ",indicator")
	m := datasets.Missing{Indicator: indicator}
	fill, named := fills[text]
	value, err := strconv.ParseFloat(text, 64)
	switch {
	case named:
		m.Fill = fill
	case err == nil:
		m.Fill, m.Value = datasets.FillConstant, value
	default:
		return fmt.Errorf("want %s or a number, and ,indicator or not", sortedNames(fills))
	}
	if indicator && m.Fill < datasets.FillMean {
		return fmt.Errorf("nothing is filled that an indicator could say")
	}
	m.Words = t.Missing.Words
	t.Missing = m
	return nil
}

// csvOnly are the flags that have no meaning for LIBSVM.
var csvOnly = []string{"label", "header", "comma", "comment", "decimal-comma", "drop", "onehot", "missing", "missing-words", "other", "stream"}

// wrong says which of the flags that were given have no meaning for the data, or "".
func (t *Table) wrong(data string, given map[string]bool) string {
	if !slices.Contains(tables, data) {
		for _, name := range append([]string{"file", "test", "task"}, csvOnly...) {
			if given[name] && !(name == "stream" && data == "images") {
				return fmt.Sprintf("-%s has no meaning with -data %s", name, data)
			}
		}
		return ""
	}
	if i := slices.IndexFunc(csvOnly, func(name string) bool { return given[name] }); i >= 0 && data == "libsvm" {
		return fmt.Sprintf("-%s has no meaning with -data libsvm", csvOnly[i])
	}
	switch {
	case t.File == "":
		return fmt.Sprintf("-data %s needs -file", data)
	case t.Stream && t.File == "-":
		return "-stream reads the file again in every epoch, and standard input is gone then; give a file to -file"
	case t.Test == "-":
		return "-test - is standard input, which only -file reads"
	case t.Task != "" && t.Task != "classify" && t.Task != "regress":
		return fmt.Sprintf("-task is %q, want classify or regress", t.Task)
	}
	return ""
}

// csv returns what a table is read with.
func (t *Table) csv() datasets.CSV {
	return datasets.CSV{
		Comma: t.Comma, Comment: t.Comment, DecimalComma: t.DecimalComma, Header: t.Header,
		Label: t.Label, Real: t.Task == "regress", Drop: t.Drop,
		OneHot: t.OneHot, OneHotAll: t.OneHotAll, Other: t.Other, Missing: t.Missing,
	}
}

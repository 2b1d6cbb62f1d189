package classify

import (
	"slices"
	"strings"
)

// inFlags returns an error of the library that says what to do in the words of the
// flags.
func inFlags(err error) error { return flagError{err} }

type flagError struct{ error }

func (e flagError) Unwrap() error { return e.error }

func (e flagError) Error() string { return flagWords.Replace(e.error.Error()) }

// flagWords has advice of package datasets and what it is on the command line.
var flagWords = strings.NewReplacer(
	"; Missing.Fill says what to do", "; -missing says what to do",
	"; DropRow, in Missing.Fill, leaves the example out", "; -missing drop leaves the example out",
	"; drop the column or use FillConstant", "; give the column to -drop, or a number to -missing",
	"; a column of words is for OneHot or Drop", "; a column of words is for -onehot or -drop",
	"; DecimalComma takes", "; -decimal-comma takes",
	"; if the line is a header, say so with Header", "; if the line is a header, say so with -header yes",
	"; say with Header what it is", "; say with -header yes or no what it is",
	`; set Comma to '\t'`, "; use -comma tab",
	"; set Comma to ';'", `; use -comma ";"`,
	"; set Comma to '|'", `; use -comma "|"`,
	"; set Comma to Blanks", "; use -comma blanks",
	"; say which by index", "; give its index",
	"; drop one by index", "; give the index of one to -drop",
	"; set Other to take new words", "; -other takes new words",
)

// short returns a name of a file of data as an error has room for it.
func short(name string) string {
	if r := []rune(name); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return name
}

// some returns the first of many names.
func some(names []string) string {
	n := min(3, len(names))
	first := slices.Clone(names[:n])
	for i := range first {
		first[i] = short(first[i])
	}
	if n < len(names) {
		first = append(first, "…")
	}
	return strings.Join(first, ", ")
}

package classify

import (
	"bytes"
	"flag"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/datasets"
	"declive/datasets/images"
	"declive/examples/internal/command"
)

func TestParse(t *testing.T) {
	defaults := Settings{Data: "digits", Examples: 12000, Loss: "softmax", Tuning: tuned(Settings{}), Batch: 64, Seed: 1, Out: "out/test"}
	for _, c := range []struct {
		name   string
		args   []string
		change func(s *Settings)
	}{
		{"defaults", nil, func(*Settings) {}},
		{"svm", []string{"-loss", "svm"}, func(s *Settings) { s.Loss, s.Rate, s.lossGiven = "svm", 0.05, true }},
		{"all at once", []string{"-batch", "0"}, func(s *Settings) { s.Batch, s.Epochs = 0, 30 }},
		{"given", []string{"-loss", "svm", "-batch", "0", "-rate", "2", "-epochs", "7", "-lambda", "0"},
			func(s *Settings) { s.Loss, s.Batch, s.Tuning, s.lossGiven = "svm", 0, Tuning{Rate: 2, Epochs: 7}, true }},
		{"folder", []string{"-data", "fashion", "-dir", "d"}, func(s *Settings) { s.Data, s.Dir = "fashion", "d" }},
		{"pictures", []string{"-data", "images", "-dir", "d", "-size", "24x32"},
			func(s *Settings) {
				s.Data, s.Dir, s.Size = "images", "d", images.Size{Channels: 3, Height: 24, Width: 32}
			}},
		{"download", []string{"-data", "mnist", "-download"}, func(s *Settings) { s.Data, s.Download = "mnist", true }},
		{"file", []string{"-data", "csv", "-file", "f", "-label", "k"}, func(s *Settings) { s.Data, s.File, s.Label = "csv", "f", "k" }},
		{"table", []string{"-data", "csv", "-file", "-", "-test", "u", "-header", "no", "-comma", "blanks", "-comment", "#", "-decimal-comma", "-drop", "a,b", "-onehot", "c", "-missing", "-1,indicator"},
			func(s *Settings) {
				s.Data = "csv"
				s.Table = Table{
					File: "-", Test: "u", Header: datasets.HeaderNo, Comma: datasets.Blanks, Comment: '#', DecimalComma: true,
					Drop: []string{"a", "b"}, OneHot: []string{"c"},
					Missing: datasets.Missing{Fill: datasets.FillConstant, Value: -1, Indicator: true},
				}
			}},
		{"loss of values", []string{"-data", "libsvm", "-file", "f", "-loss", "huber"},
			func(s *Settings) {
				s.Data, s.File, s.Task, s.Loss, s.lossGiven = "libsvm", "f", "regress", "huber", true
			}},
		{"all words", []string{"-data", "csv", "-file", "f", "-onehot", "auto", "-comma", "tab"},
			func(s *Settings) { s.Data, s.File, s.OneHotAll, s.Comma = "csv", "f", true, '\t' }},
		{"rest", []string{"-seed", "9", "-out", "o", "-json", "-examples", "60"},
			func(s *Settings) { s.Seed, s.Out, s.JSON, s.Examples = 9, "o", true, 60 }},
	} {
		want := defaults
		c.change(&want)
		assert.Equal(t, want, parsed(t, c.args...), c.name)
	}
}

// A program tunes by the data that was asked for.
func TestParseAsksForTheTuningOfTheData(t *testing.T) {
	asked := ""
	p := program
	p.Tuning = func(s Settings) Tuning {
		asked = s.Data
		return tuned(s)
	}
	_, err := Parse(p, []string{"-data", "csv", "-file", "f"}, io.Discard)
	assert.NoError(t, err)
	assert.Equal(t, "csv", asked)
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		want string
		args []string
	}{
		{`-data is "digit", want one of digits, cifar10, mnist, fashion, images, csv, libsvm`, []string{"-data", "digit"}},
		{`-loss is "hinge", want one of svm, softmax, logistic, squared, huber`, []string{"-loss", "hinge"}},
		{"-data cifar10 needs -dir, the folder with its files", []string{"-data", "cifar10"}},
		{"-data fashion needs -dir, the folder with its files", []string{"-data", "fashion"}},
		{"-download has no meaning with -data fashion, only with cifar10 and mnist", []string{"-data", "fashion", "-download"}},
		{"-data images needs -dir, the folder with its files", []string{"-data", "images"}},
		{"-size has no meaning with -data digits, only with images", []string{"-size", "8"}},
		{`invalid value "3x" for flag -size: want a number of pixels such as 32, or height and width such as 24x32; -h lists the flags`, []string{"-size", "3x"}},
		{"-dir has no meaning with -data digits", []string{"-dir", "d"}},
		{"-data csv needs -file", []string{"-data", "csv"}},
		{"-file has no meaning with -data mnist", []string{"-data", "mnist", "-dir", "d", "-file", "f"}},
		{"-label has no meaning with -data digits", []string{"-label", "3"}},
		{"-data libsvm needs -file", []string{"-data", "libsvm"}},
		{"-test has no meaning with -data digits", []string{"-test", "f"}},
		{"-missing has no meaning with -data digits", []string{"-missing", "mean"}},
		{"-header has no meaning with -data libsvm", []string{"-data", "libsvm", "-file", "f", "-header", "yes"}},
		{"-test - is standard input, which only -file reads", []string{"-data", "csv", "-file", "f", "-test", "-"}},
		{`-task is "rank", want classify or regress`, []string{"-data", "csv", "-file", "f", "-task", "rank"}},
		{"-loss squared has no meaning with -data digits, which has classes", []string{"-loss", "squared"}},
		{"-stream has no meaning with -data libsvm", []string{"-data", "libsvm", "-file", "f", "-stream"}},
		{"-stream has no meaning with -data digits", []string{"-stream"}},
		{"-stream reads the file again in every epoch, and standard input is gone then; give a file to -file", []string{"-data", "csv", "-file", "-", "-stream"}},
		{"-stream takes some examples at a time; -batch 0 takes all", []string{"-data", "csv", "-file", "f", "-stream", "-batch", "0"}},
		{"-loss huber has no meaning with -task classify", []string{"-data", "csv", "-file", "f", "-task", "classify", "-loss", "huber"}},
		{"-loss svm has no meaning with -task regress, want squared or huber", []string{"-data", "csv", "-file", "f", "-task", "regress", "-loss", "svm"}},
		{`invalid value "maybe" for flag -header: want one of auto, no, yes; -h lists the flags`, []string{"-header", "maybe"}},
		{`invalid value "||" for flag -comma: want one character; -h lists the flags`, []string{"-comma", "||"}},
		{`invalid value "zero" for flag -missing: want drop, error, frequent, mean, median or a number, and ,indicator or not; -h lists the flags`, []string{"-missing", "zero"}},
		{`invalid value "drop,indicator" for flag -missing: nothing is filled that an indicator could say; -h lists the flags`, []string{"-missing", "drop,indicator"}},
		{"-examples has no meaning with -data csv", []string{"-data", "csv", "-file", "f", "-examples", "100"}},
		{"-examples is 59, want at least 60", []string{"-examples", "59"}},
		{"-batch is -1, want a number of examples, or 0 for all", []string{"-batch", "-1"}},
		{"-epochs is 0, want at least 1", []string{"-epochs", "0"}},
		{"-rate is 0, want a positive number of float32", []string{"-rate", "0"}},
		{"-rate is NaN, want a positive number of float32", []string{"-rate", "NaN"}},
		{"-rate is +Inf, want a positive number of float32", []string{"-rate", "Inf"}},
		{"-rate is 1e+300, want a positive number of float32", []string{"-rate", "1e300"}},
		{"-rate is 1e-60, want a positive number of float32", []string{"-rate", "1e-60"}},
		{"-lambda is 1e+39, want 0 or a positive number of float32", []string{"-lambda", "1e39"}},
		{"-lambda is +Inf, want 0 or a positive number of float32", []string{"-lambda", "Inf"}},
		{"-lambda is -1, want 0 or a positive number of float32", []string{"-lambda", "-1"}},
		{"-lambda is NaN, want 0 or a positive number of float32", []string{"-lambda", "NaN"}},
		{"-out is empty, want a folder", []string{"-out", ""}},
		{`unexpected argument "now"; -h lists the flags`, []string{"-json", "now"}},
		{"flag provided but not defined: -speed; -h lists the flags", []string{"-speed", "3"}},
		{`invalid value "many" for flag -epochs: parse error; -h lists the flags`, []string{"-epochs", "many"}},
	} {
		var help bytes.Buffer
		_, err := Parse(program, c.args, &help)
		assert.EqualError(t, err, c.want)
		assert.ErrorAs(t, err, new(*command.UsageError))
		assert.Empty(t, help.String(), "%q", c.args)
	}
}

func TestHelpListsEveryFlag(t *testing.T) {
	var help bytes.Buffer
	var flags *flag.FlagSet
	p := program
	p.Flags = func(fs *flag.FlagSet) {
		fs.Int("own", 3, "a flag of the program")
		flags = fs
	}
	_, err := Parse(p, []string{"-h"}, &help)
	assert.ErrorIs(t, err, flag.ErrHelp)
	flags.VisitAll(func(f *flag.Flag) { assert.Regexp(t, `(?m)^  -`+f.Name+`\b`, help.String()) })
	assert.Contains(t, help.String(), "a flag of the program (default 3)")
}

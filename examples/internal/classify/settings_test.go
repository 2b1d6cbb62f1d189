package classify

import (
	"bytes"
	"flag"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"

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
		{"svm", []string{"-loss", "svm"}, func(s *Settings) { s.Loss, s.Rate = "svm", 0.05 }},
		{"all at once", []string{"-batch", "0"}, func(s *Settings) { s.Batch, s.Epochs = 0, 30 }},
		{"given", []string{"-loss", "svm", "-batch", "0", "-rate", "2", "-epochs", "7", "-lambda", "0"},
			func(s *Settings) { s.Loss, s.Batch, s.Tuning = "svm", 0, Tuning{Rate: 2, Epochs: 7} }},
		{"folder", []string{"-data", "fashion", "-dir", "d"}, func(s *Settings) { s.Data, s.Dir = "fashion", "d" }},
		{"file", []string{"-data", "csv", "-file", "f", "-label", "k"}, func(s *Settings) { s.Data, s.File, s.Label = "csv", "f", "k" }},
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
		{`-data is "digit", want one of digits, cifar10, mnist, fashion, csv`, []string{"-data", "digit"}},
		{`-loss is "hinge", want one of svm, softmax, logistic`, []string{"-loss", "hinge"}},
		{"-data cifar10 needs -dir, the folder with its files", []string{"-data", "cifar10"}},
		{"-data fashion needs -dir, the folder with its files", []string{"-data", "fashion"}},
		{"-dir has no meaning with -data digits", []string{"-dir", "d"}},
		{"-data csv needs -file", []string{"-data", "csv"}},
		{"-file has no meaning with -data mnist", []string{"-data", "mnist", "-dir", "d", "-file", "f"}},
		{"-label has no meaning with -data digits", []string{"-label", "3"}},
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

package command

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatus(t *testing.T) {
	ended := fmt.Errorf("training: %w", context.Canceled)
	for _, c := range []struct {
		err, cause error
		status     int
		text       string
	}{
		{nil, nil, 0, ""},
		{nil, errTerminated, 0, ""}, // after the work
		{flag.ErrHelp, nil, 0, ""},
		{errors.New("no such file"), nil, 1, "test: no such file\n"},
		{Usage(errors.New("-rate is 0")), nil, 2, "test: -rate is 0\n"},
		{errors.Join(Usage(errors.New("-rate is 0")), errors.New("-out is empty")), nil, 2, "test: -rate is 0\n-out is empty\n"},
		{errors.New("disk full"), errTerminated, 1, "test: disk full\n"},
		{ended, context.Canceled, 130, "test: interrupted\n"},
		{ended, errTerminated, 143, "test: terminated\n"},
		{errors.Join(ended, ended), errTerminated, 143, "test: terminated\n"},
		{errors.Join(ended, errors.New("disk full")), context.Canceled, 1, "test: interrupted\ntest: disk full\n"},
		{context.DeadlineExceeded, nil, 1, "test: context deadline exceeded\n"},
	} {
		var stderr bytes.Buffer
		assert.Equal(t, c.status, status("test", c.err, c.cause, &stderr), "%v", c.err)
		assert.Equal(t, c.text, stderr.String())
	}
}

// flags returns a set with one flag, whose output is help.
func flags(help *bytes.Buffer) *flag.FlagSet {
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	fs.SetOutput(help)
	fs.Int("n", 3, "`numbers` to draw")
	return fs
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		args       []string
		parse      string // the error of Parse, and of ParseFlags
		parseFlags string
	}{
		{[]string{"-n", "4"}, "", ""},
		{[]string{"-n", "4", "file"}, "", `unexpected argument "file"; -h lists the flags`},
		{[]string{"-n", "x"}, `invalid value "x" for flag -n: parse error; -h lists the flags`, `invalid value "x" for flag -n: parse error; -h lists the flags`},
		{[]string{"-m"}, "flag provided but not defined: -m; -h lists the flags", "flag provided but not defined: -m; -h lists the flags"},
	} {
		var help bytes.Buffer
		for _, got := range []struct {
			want string
			err  error
		}{{c.parse, Parse(flags(&help), "about", c.args)}, {c.parseFlags, ParseFlags(flags(&help), "about", c.args)}} {
			assert.Equal(t, got.want, text(got.err), "%q", c.args)
			usage := (*UsageError)(nil)
			assert.Equal(t, got.err != nil, errors.As(got.err, &usage), "%q", c.args)
		}
		assert.Empty(t, help.String(), "%q", c.args)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestHelp(t *testing.T) {
	var help bytes.Buffer
	require.ErrorIs(t, ParseFlags(flags(&help), "Test does nothing.\nExample: test -n 3", []string{"-h"}), flag.ErrHelp)
	assert.Equal(t, "Test does nothing.\nExample: test -n 3\n\n  -n numbers\n    \tnumbers to draw (default 3)\n", help.String())
}

func TestNames(t *testing.T) {
	list := []string{"before"}
	set := Names(&list, []string{"a", "b", "c"})
	require.NoError(t, set("c,a"))
	assert.Equal(t, []string{"c", "a"}, list)
	require.NoError(t, set("all"))
	assert.Nil(t, list)
	assert.EqualError(t, set("a,d"), `"d" is none of a, b, c`)
	assert.EqualError(t, set(""), `"" is none of a, b, c`)
}

// Package commandtest is for tests of programs.
package commandtest

import (
	"flag"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/examples/internal/command"
)

// Help fails unless err and help are what the program returns and writes after
// -h: a line that says what it does, a call whose flags there are, and the flags.
func Help(t *testing.T, program string, err error, help string) {
	t.Helper()
	require.ErrorIs(t, err, flag.ErrHelp)
	does, rest, _ := strings.Cut(help, "\n")
	assert.Regexp(t, `(?i)^`+program+` [a-z].*\.$`, does)
	call, flags, _ := strings.Cut(rest, "\n\n")
	assert.Regexp(t, `^Example: go run \./examples/`+program+`( |$)`, call)
	for _, name := range regexp.MustCompile(` -(\w+)`).FindAllStringSubmatch(call, -1) {
		assert.Regexp(t, `(?m)^  -`+name[1]+`\b`, flags)
	}
}

// Refused fails unless err says that a program was called in a wrong way, with a
// text that contains want.
func Refused(t *testing.T, err error, want string) {
	t.Helper()
	assert.ErrorContains(t, err, want)
	assert.ErrorAs(t, err, new(*command.UsageError), want)
}

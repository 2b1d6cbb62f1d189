package exported

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
)

// A Call is one call of a function with an argument that has no meaning.
type Call struct {
	Of   string       // as [Function].Name
	With string       // the argument: nil graph, 1<<32 rows
	Do   func() error // makes the call and returns its error

	// Accepted says that there is no error: the argument has a documented
	// meaning, or the documentation names a later call that refuses it.
	Accepted bool
}

// Check makes the calls, and fails for a function of the package in dir that
// takes arguments and has no call, for a call of what the package has not, and
// for a call that
//
//   - panics with anything but an [*autodiff.Error], or with that although the
//     function has an error to return;
//   - has no error and is not Accepted, or has one and is;
//   - has an error whose text is broken off or misformatted.
//
// An argument that makes a function call back, such as a loss, is called in Do.
// Functions without arguments may be among the calls, with a zero receiver.
func Check(t *testing.T, dir string, calls []Call) {
	functions, err := Functions(dir)
	require.NoError(t, err)
	byName := map[string]Function{}
	for _, f := range functions {
		byName[f.Name] = f
		called := slices.ContainsFunc(calls, func(c Call) bool { return c.Of == f.Name })
		assert.True(t, called || !f.Arguments, "%s has no call with arguments that have no meaning", f.Name)
	}
	for _, c := range calls {
		f, ok := byName[c.Of]
		if assert.True(t, ok, "the package exports no %s", c.Of) {
			assert.Empty(t, c.fault(f), "%s with %s", c.Of, c.With)
		}
	}
}

// fault says what is wrong with the outcome of a call of f, or "".
func (c Call) fault(f Function) string {
	err, panicked := c.outcome()
	if panicked != nil {
		ours, ok := panicked.(*autodiff.Error)
		switch {
		case !ok:
			return fmt.Sprintf("panic with %T: %v", panicked, panicked)
		case f.Errors:
			return fmt.Sprintf("panic instead of the error: %v", ours)
		}
		err = ours
	}
	switch {
	case c.Accepted && err != nil:
		return fmt.Sprintf("not accepted: %v", err)
	case !c.Accepted && err == nil:
		return "no error"
	case err != nil:
		return broken(err.Error())
	}
	return ""
}

// broken says what is wrong with the text of an error, or "".
func broken(text string) string {
	if strings.Contains(text, "%!") || strings.Contains(text, "nil pointer") || strings.TrimRight(text, " :\n") != text {
		return fmt.Sprintf("the error's text is %q", text)
	}
	return ""
}

// outcome makes the call and returns what it returned or panicked with.
func (c Call) outcome() (err error, panicked any) {
	defer func() { panicked = recover() }()
	return c.Do(), nil
}

// Panics is Do for a function that returns no error.
func Panics(do func()) func() error {
	return func() error {
		do()
		return nil
	}
}

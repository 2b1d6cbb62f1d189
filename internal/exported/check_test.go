package exported

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/autodiff"
)

// TestFault has every outcome of a call.
func TestFault(t *testing.T) {
	fails := func(text string) func() error { return func() error { return errors.New(text) } }
	records := Panics(func() { autodiff.Fail("p.F", "the node is nil") })
	for _, c := range []struct {
		name   string
		call   Call
		errors bool // of the function
		fault  string
	}{
		{"error", Call{Do: fails("p: F: x is nil")}, true, ""},
		{"typed panic", Call{Do: records}, false, ""},
		{"accepted", Call{Do: Panics(func() {}), Accepted: true}, false, ""},
		{"no error", Call{Do: Panics(func() {})}, true, "no error"},
		{"not accepted", Call{Do: fails("p: F: x is nil"), Accepted: true}, true, "not accepted: p: F: x is nil"},
		{"raw panic", Call{Do: Panics(func() { panic("index") })}, true, "panic with string: index"},
		{"accepted raw panic", Call{Do: Panics(func() { panic("index") }), Accepted: true}, false, "panic with string: index"},
		{"typed panic instead of an error", Call{Do: records}, true, "panic instead of the error: "},
		{"broken off", Call{Do: fails("p: F: ")}, true, `the error's text is "p: F: "`},
		{"misformatted", Call{Do: fails("p: F: %!v(nil)")}, true, `the error's text is "p: F: %!v(nil)"`},
	} {
		fault := c.call.fault(Function{Errors: c.errors})
		if c.fault == "" {
			assert.Empty(t, fault, c.name)
			continue
		}
		assert.Contains(t, fault, c.fault, c.name)
	}
}

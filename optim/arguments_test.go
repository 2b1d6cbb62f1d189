package optim_test

import (
	"testing"

	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	var calls []exported.Call
	calls = append(calls, trainerCalls(t)...)
	calls = append(calls, fitCalls(t)...)
	calls = append(calls, unmadeCalls(t)...)
	calls = append(calls, ruleCalls()...)
	exported.Check(t, ".", calls)
}

package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/optim/internal/sample"
)

// TestBatchesThatAreNotRowMajor are refused with one sentence wherever a batch
// comes in; read as they lay, they gave wrong numbers.
func TestBatchesThatAreNotRowMajor(t *testing.T) {
	for name, want := range sample.Reasons() {
		b := sample.Unreadable()[name]
		_, err := trainer(t).Step(b)
		assert.EqualError(t, err, "optim: "+want, name)
		_, err = trainer(t).Evaluate(sample.One(b))
		assert.EqualError(t, err, "optim: "+want, name)
	}
}

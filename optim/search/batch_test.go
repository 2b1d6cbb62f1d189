package search_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/optim/internal/sample"
	"declive/optim/search"
)

// TestBatchesThatAreNotRowMajor are refused with one sentence wherever a batch
// comes in; read as they lay, they gave wrong numbers.
func TestBatchesThatAreNotRowMajor(t *testing.T) {
	for name, want := range sample.Reasons() {
		b := sample.Unreadable()[name]
		r, err := search.NewRandom(sample.CrossEntropy, classifier(), few())
		require.NoError(t, err)
		w, err := weighted(sample.CrossEntropy, classifier(), few())
		require.NoError(t, err)
		_, err = r.Step(b)
		assert.EqualError(t, err, "search: "+want, name)
		_, err = w.Step(b)
		assert.EqualError(t, err, "search: "+want, name)
	}
}

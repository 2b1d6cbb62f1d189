package curvature_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/optim/curvature"
	"declive/optim/internal/sample"
)

// TestBatchesThatAreNotRowMajor are refused with one sentence wherever a batch
// comes in; read as they lay, they gave wrong numbers.
func TestBatchesThatAreNotRowMajor(t *testing.T) {
	for name, want := range sample.Reasons() {
		b := sample.Unreadable()[name]
		m := sample.NewLinear(sample.Rand(), 3, 2)
		assert.EqualError(t, objective(t).Use(b), "curvature: "+want, name)
		_, err := curvature.NewObjective(m.Softmax, m.Params(), b)
		assert.EqualError(t, err, "curvature: "+want, name)
		_, err = curvature.NewDescent(m.Softmax, m.Params(), curvature.Newton{}).Step(b)
		assert.EqualError(t, err, "curvature: "+want, name)
	}
}

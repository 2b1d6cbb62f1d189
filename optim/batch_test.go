package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/optim"
)

// TestBatchesThatAreNotRowMajor are refused with one sentence wherever a batch
// comes in; read as they lay, they gave wrong numbers.
func TestBatchesThatAreNotRowMajor(t *testing.T) {
	const materialize = ": the tensor is not contiguous and row-major; use its Materialize method"
	for name, want := range map[string]string{
		"transposed examples": "optim: examples of shape (4, 3)" + materialize,
		"columns as examples": "optim: examples of shape (4, 3)" + materialize,
		"labels with a step":  "optim: labels of shape (4)" + materialize,
		"int32 labels":        "optim: targets of shape (4): precision int32 is neither float32 nor float64 (class labels are int)",
		"labels too short":    "optim: labels of shape (3): there are 3 for 4 examples",
	} {
		bad := unreadable()[name]
		for door, err := range doors(t, bad) {
			assert.EqualError(t, err, want, "%s: %s", door, name)
		}
	}
}

// doors gives a batch to all that takes one, and returns the errors.
func doors(t *testing.T, b autodiff.Batch) map[string]error {
	m := newLinear(newRand(), 3, 2)
	r, err := optim.NewRandomSearch(crossEntropy, classifier(), few())
	require.NoError(t, err)
	w, err := weighted(crossEntropy, classifier(), few())
	require.NoError(t, err)
	errs := map[string]error{"Use": objective(t).Use(b)}
	_, errs["Trainer.Step"] = trainer(t).Step(b)
	_, errs["Evaluate"] = trainer(t).Evaluate(one(b))
	_, errs["NewObjective"] = optim.NewObjective(m.softmax, m.params(), b)
	_, errs["Descent"] = optim.NewDescent(m.softmax, m.params(), optim.Newton{}).Step(b)
	_, errs["RandomSearch"] = r.Step(b)
	_, errs["WeightedSearch"] = w.Step(b)
	return errs
}

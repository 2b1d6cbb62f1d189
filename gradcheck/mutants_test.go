package gradcheck_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/gradcheck"
)

// A check on random data notices faults; one with a tolerance of one half misses
// many of them.
func TestMutantsTellGoodTestsFromBad(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	n := newNetwork(rng, tensor.Float64, 4, 3, 3)
	batch := newBatch(rng, tensor.Float64, 5, 4, 3)
	p, err := gradcheck.LossProblem(n.crossEntropy, n.params(), batch)
	require.NoError(t, err)
	good := gradcheck.Mutants(t, p)
	assert.Greater(t, good.Tried, 20)
	assert.GreaterOrEqual(t, good.Noticed, good.Tried*95/100, good)

	loose := gradcheck.Mutants(t, p, gradcheck.RelTol(0.5))
	assert.Less(t, loose.Noticed, loose.Tried, loose)
}

func TestMutantsOfAPlainGradient(t *testing.T) {
	t.Parallel()
	s := gradcheck.Mutants(t, gradcheck.FuncProblem(quartic, quarticGrad, somewhere))
	assert.Equal(t, 8, s.Tried)
	assert.Equal(t, 8, s.Noticed, s)
	// At 0 every derivative is 0, and a factor is invisible.
	blind := gradcheck.Mutants(t, gradcheck.FuncProblem(quartic, quarticGrad, make([]float64, 5)), gradcheck.RelTol(0.9))
	assert.Less(t, blind.Noticed, blind.Tried, blind)
}

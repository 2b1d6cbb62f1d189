package sparse_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/datasets/sparse"
	"declive/losses"
	"declive/nn"
	"declive/optim"
)

// many returns n examples of 50 features; in example i the columns i%7, i%7 + 8, … hold
// i, as many as i%5, and its class is i%3.
func many(t testing.TB, n int) *sparse.Examples {
	r := sparse.Rows{Width: 50}
	labels := make([]int, n)
	for i := range n {
		for k := range i % 5 {
			r.Columns, r.Values = append(r.Columns, int32(i%7+8*k)), append(r.Values, float64(i))
		}
		r.Ends, labels[i] = append(r.Ends, len(r.Values)), i%3
	}
	x, err := sparse.New(r)
	require.NoError(t, err)
	x, err = x.WithLabels(labels)
	require.NoError(t, err)
	return x
}

// parts takes a batch apart: the columns and the values of each example.
func parts(b autodiff.Batch) (columns [][]int, values [][]float64) {
	from := 0
	for _, to := range b.More[2].Value.Ints() {
		columns = append(columns, b.More[1].Value.Ints()[from:to])
		values = append(values, b.More[0].Value.Float64s()[from:to])
		from = to
	}
	return columns, values
}

// Every epoch has each example once, with its features and its class, in an order that
// the seed and the epoch decide.
func TestMinibatches(t *testing.T) {
	x := many(t, 300).Float64()
	orders := map[string]bool{}
	for seed := range uint64(2) {
		batches, again := x.Minibatches(32, rand.New(rand.NewPCG(seed, 1))), x.Minibatches(32, rand.New(rand.NewPCG(seed, 1)))
		for range 2 {
			order := visit(t, x, batches)
			assert.Equal(t, order, visit(t, x, again))
			orders[order] = true
		}
	}
	assert.Len(t, orders, 4)
	assert.Equal(t, 300, len([]rune(visit(t, x, x.Consecutive(70)))))
	assert.Equal(t, visit(t, x, x.Consecutive(7)), visit(t, x, x.Minibatches(0, nil)))
}

// visit returns the examples of a sequence, each as a character, and compares them with
// what [many] made.
func visit(t *testing.T, x *sparse.Examples, batches func(func(autodiff.Batch) bool)) string {
	order := ""
	seen := map[rune]bool{}
	for b := range batches {
		assert.Equal(t, 0, b.X.Shape()[1])
		columns, values := parts(b)
		require.Len(t, columns, b.X.Shape()[0])
		for k := range columns {
			i := match(x, columns[k], values[k], b.Y.Ints()[k], seen)
			require.GreaterOrEqual(t, i, 0, "%v %v", columns[k], values[k])
			order += string(rune(i))
		}
	}
	return order
}

// match returns an example like this that has not been seen, or −1.
func match(x *sparse.Examples, columns []int, values []float64, label int, seen map[rune]bool) int {
	for i := range x.Len() {
		c, v := x.Row(i)
		same := !seen[rune(i)] && len(c) == len(columns) && x.Labels()[i] == label
		for k := 0; same && k < len(c); k++ {
			same = int(c[k]) == columns[k] && v[k] == values[k]
		}
		if same {
			seen[rune(i)] = true
			return i
		}
	}
	return -1
}

// Minibatches of many lengths come in few forms, so that few programs are compiled.
func TestFewForms(t *testing.T) {
	forms, lengths := map[int]bool{}, map[int]bool{}
	x := many(t, 5000).Float64()
	for range 3 {
		for b := range x.Minibatches(64, rand.New(rand.NewPCG(1, 2))) {
			n, ends := b.More[0].Value.Shape()[0], b.More[2].Value.Ints()
			forms[n], lengths[ends[len(ends)-1]] = true, true
			require.LessOrEqual(t, ends[len(ends)-1], n)
		}
	}
	assert.LessOrEqual(t, len(forms), 5)
	assert.Greater(t, len(lengths), 20)
}

func TestSplitSharesNoExample(t *testing.T) {
	x := many(t, 100)
	a, b, err := x.Split(0.7, rand.New(rand.NewPCG(1, 2)))
	require.NoError(t, err)
	assert.Equal(t, []int{70, 30}, []int{a.Len(), b.Len()})
	assert.Equal(t, x.Stored(), a.Stored()+b.Stored())
	c, err := b.Batch(3, 0)
	require.NoError(t, err)
	assert.Equal(t, []int{b.Labels()[3], b.Labels()[0]}, c.Y.Ints())
	assert.Equal(t, tensor.Float32, c.More[0].Value.Dtype())
	targets, err := b.WithTargets(make([]float64, 30))
	require.NoError(t, err)
	assert.Nil(t, targets.Labels())
	assert.Len(t, targets.Targets(), 30)
}

// A linear model learns from them what it learns from the same examples with their
// zeros: the words of three languages, in minibatches.
func TestTrains(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	r, labels := sparse.Rows{Width: 3000}, []int{}
	for i := range 600 {
		word := int32(i % 3 * 1000)
		for range 5 {
			word += int32(1 + rng.IntN(150))
			r.Columns, r.Values = append(r.Columns, word), append(r.Values, 1)
		}
		r.Ends, labels = append(r.Ends, len(r.Values)), append(labels, i%3)
	}
	x, err := sparse.New(r)
	require.NoError(t, err)
	x, err = x.WithLabels(labels, "one", "two", "three")
	require.NoError(t, err)
	train, test, err := x.Split(0.8, rng)
	require.NoError(t, err)
	l := nn.NewLinear("l", x.Features(), 3, nn.Zeros(), nil)
	forward := func(x *autodiff.Node) *autodiff.Node { return l.ForwardSparse(x.Graph().GivenSparse()) }
	trainer, err := optim.NewTrainer(func(x, y *autodiff.Node) *autodiff.Node {
		return losses.SoftmaxCrossEntropy(forward(x), y)
	}, l.Params(), optim.SGD{LearningRate: 1}, optim.WithScores(forward))
	require.NoError(t, err)
	_, err = trainer.Fit(t.Context(), train, optim.Plan{Epochs: 12, BatchSize: 32, Rand: rng})
	require.NoError(t, err)
	e, err := trainer.Evaluate(test.Consecutive(50))
	require.NoError(t, err)
	assert.Greater(t, e.Accuracy, 0.9)
	assert.Equal(t, 120, e.Examples)
}

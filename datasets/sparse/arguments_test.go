package sparse_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"declive/datasets/sparse"
	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	x, rng := many(t, 10), rand.New(rand.NewPCG(1, 2))
	none := &sparse.Examples{}
	made := func(r sparse.Rows) func() error { return func() error { _, err := sparse.New(r); return err } }
	labels := func(x *sparse.Examples, y []int, names ...string) func() error {
		return func() error { _, err := x.WithLabels(y, names...); return err }
	}
	targets := func(x *sparse.Examples, y []float64) func() error {
		return func() error { _, err := x.WithTargets(y); return err }
	}
	split := func(f float64, rng *rand.Rand) func() error {
		return func() error { _, _, err := x.Split(f, rng); return err }
	}
	batch := func(i ...int) func() error { return func() error { _, err := x.Batch(i...); return err } }
	nan := math.NaN()
	calls := []exported.Call{
		{Of: "New", With: "nothing", Do: made(sparse.Rows{})},
		{Of: "New", With: "a huge width", Do: made(sparse.Rows{Width: math.MaxInt})},
		{Of: "New", With: "a value without column", Do: made(sparse.Rows{Width: 2, Values: []float64{1}, Ends: []int{1}})},
		{Of: "New", With: "a value of no row", Do: made(sparse.Rows{Width: 2, Values: []float64{1}, Columns: []int32{0}})},
		{Of: "New", With: "a row beyond the values", Do: made(sparse.Rows{Width: 2, Ends: []int{3}})},
		{Of: "New", With: "ends that fall", Do: made(sparse.Rows{Width: 2, Values: []float64{1}, Columns: []int32{0}, Ends: []int{1, 0, 1}})},
		{Of: "New", With: "a negative column", Do: made(sparse.Rows{Width: 2, Values: []float64{1}, Columns: []int32{-1}, Ends: []int{1}})},
		{Of: "New", With: "a column beyond", Do: made(sparse.Rows{Width: 2, Values: []float64{1}, Columns: []int32{2}, Ends: []int{1}})},
		{Of: "New", With: "NaN", Do: made(sparse.Rows{Width: 2, Values: []float64{nan}, Columns: []int32{1}, Ends: []int{1}})},
		{Of: "Examples.WithLabels", With: "too few", Do: labels(x, []int{1})},
		{Of: "Examples.WithLabels", With: "no examples", Do: labels(none, nil)},
		{Of: "Examples.WithLabels", With: "a negative one", Do: labels(x, []int{0, 0, 0, 0, 0, 0, 0, 0, 0, -1})},
		{Of: "Examples.WithLabels", With: "a huge one", Do: labels(x, []int{0, 0, 0, 0, 0, 0, 0, 0, 0, math.MaxInt})},
		{Of: "Examples.WithLabels", With: "one without name", Do: labels(x, make([]int, 9), "a")},
		{Of: "Examples.WithTargets", With: "too few", Do: targets(x, []float64{1})},
		{Of: "Examples.WithTargets", With: "no examples", Do: targets(none, nil)},
		{Of: "Examples.WithTargets", With: "NaN", Do: targets(x, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, nan})},
		{Of: "Examples.Signs", With: "three classes", Do: func() error { _, err := x.Signs(); return err }},
		{Of: "Examples.Signs", With: "nil", Do: func() error { _, err := (*sparse.Examples)(nil).Signs(); return err }},
		{Of: "Examples.Split", With: "0", Do: split(0, rng)},
		{Of: "Examples.Split", With: "NaN", Do: split(nan, rng)},
		{Of: "Examples.Split", With: "an empty part", Do: split(1e-9, rng)},
		{Of: "Examples.Split", With: "nil generator", Do: split(0.5, nil)},
		{Of: "Examples.Batch", With: "nothing", Do: batch()},
		{Of: "Examples.Batch", With: "a negative index", Do: batch(-1)},
		{Of: "Examples.Batch", With: "an index beyond", Do: batch(10)},
		{Of: "Examples.All", With: "no examples", Do: func() error { _, err := none.All(); return err }},
		{Of: "Examples.Row", With: "a negative index", Do: exported.Panics(func() { x.Row(-1) }), Accepted: true},
		{Of: "Examples.Minibatches", With: "nil generator", Do: exported.Panics(func() { x.Minibatches(2, nil) })},
		{Of: "Examples.Consecutive", With: "negative size", Do: exported.Panics(func() { x.Consecutive(-1) }), Accepted: true},
	}
	for with, x := range map[string]*sparse.Examples{"nil": nil, "one that is not made": none} {
		for of, do := range map[string]func(){
			"Minibatches": func() {
				for range x.Minibatches(3, rng) {
					t.Error("a batch of nothing")
				}
			},
			"Consecutive": func() {
				for range x.Consecutive(3) {
					t.Error("a batch of nothing")
				}
			},
			"Row":     func() { x.Row(0) },
			"Float64": func() { x.Float64() },
		} {
			calls = append(calls, exported.Call{Of: "Examples." + of, With: with, Do: exported.Panics(do), Accepted: true})
		}
	}
	exported.Check(t, ".", calls)
}

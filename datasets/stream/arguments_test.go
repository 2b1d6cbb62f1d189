package stream_test

import (
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"testing"

	"declive/datasets"
	"declive/datasets/stream"
	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	schema, rng := learnt(t, settings, rows(9)), rand.New(rand.NewPCG(1, 2))
	s := opened(t, rows(9))
	open := func(open func() (io.ReadCloser, error), s *datasets.Schema) func() error {
		return func() error { _, err := stream.Open(open, s); return err }
	}
	with := func(s *stream.Table, f datasets.Transform) func() error {
		return func() error { _, err := s.With(f); return err }
	}
	window := func(s *stream.Table, n int) func() error {
		return func() error { _, err := s.WithWindow(n); return err }
	}
	calls := []exported.Call{
		{Of: "Open", With: "no function", Do: open(nil, schema)},
		{Of: "Open", With: "no schema", Do: open(opener(rows(9)), nil)},
		{Of: "Open", With: "an empty schema", Do: open(opener(rows(9)), new(datasets.Schema))},
		{Of: "Open", With: "an empty file", Do: open(opener(""), schema)},
		{Of: "Open", With: "an error", Do: open(func() (io.ReadCloser, error) { return nil, errors.New("closed") }, schema)},
		{Of: "Open", With: "no file", Do: open(func() (io.ReadCloser, error) { return nil, nil }, schema)},
		{Of: "Table.With", With: "another width", Do: with(s, datasets.Transform{Shift: []float64{1, 2}, Scale: []float64{1}})},
		{Of: "Table.With", With: "NaN", Do: with(s, datasets.Scale(math.NaN()))},
		{Of: "Table.WithWindow", With: "no room", Do: window(s, 0)},
		{Of: "Table.Minibatches", With: "nil generator", Do: exported.Panics(func() { s.Minibatches(2, nil) })},
		{Of: "Table.Consecutive", With: "negative size", Do: exported.Panics(func() { s.Consecutive(-1) }), Accepted: true},
	}
	split := func(s *stream.Table, f float64, rng *rand.Rand) func() error {
		return func() error { _, _, err := s.Split(f, rng); return err }
	}
	mapped := func(s *stream.Table, f func(*datasets.Dataset) (*datasets.Dataset, error)) func() error {
		return func() error { _, err := s.Map(f); return err }
	}
	learn := func(open func() (io.ReadCloser, error), c datasets.CSV) func() error {
		return func() error { _, _, err := stream.Learn(open, c); return err }
	}
	calls = append(calls,
		exported.Call{Of: "Table.Split", With: "0", Do: split(s, 0, rng)},
		exported.Call{Of: "Table.Split", With: "NaN", Do: split(s, math.NaN(), rng)},
		exported.Call{Of: "Table.Split", With: "an empty part", Do: split(s, 1e-12, rng)},
		exported.Call{Of: "Table.Split", With: "nil generator", Do: split(s, 0.5, nil)},
		exported.Call{Of: "Table.Map", With: "no function", Do: mapped(s, nil)},
		exported.Call{Of: "Learn", With: "no function", Do: learn(nil, settings)},
		exported.Call{Of: "Learn", With: "no file", Do: learn(func() (io.ReadCloser, error) { return nil, nil }, settings)},
		exported.Call{Of: "Learn", With: "an error", Do: learn(func() (io.ReadCloser, error) { return nil, errors.New("closed") }, settings)},
		exported.Call{Of: "Learn", With: "an empty file", Do: learn(opener(""), settings)},
		exported.Call{Of: "Learn", With: "a comma that is none", Do: learn(opener(rows(9)), datasets.CSV{Comma: '"'})},
	)
	var none *stream.Table
	for name, s := range map[string]*stream.Table{"nil table": none, "a table that Open did not make": {}} {
		calls = append(calls,
			exported.Call{Of: "Table.With", With: name, Do: with(s, datasets.Scale(1))},
			exported.Call{Of: "Table.WithWindow", With: name, Do: window(s, 5)},
			exported.Call{Of: "Table.Split", With: name, Do: split(s, 0.5, rng)},
			exported.Call{Of: "Table.Map", With: name, Do: mapped(s, func(d *datasets.Dataset) (*datasets.Dataset, error) { return d, nil })},
			exported.Call{Of: "Table.Features", With: name, Do: exported.Panics(func() { s.Features() }), Accepted: true},
			exported.Call{Of: "Table.Classes", With: name, Do: exported.Panics(func() { s.Classes() }), Accepted: true},
			exported.Call{Of: "Table.StandardiseTargets", With: name, Do: exported.Panics(func() { s.StandardiseTargets() }), Accepted: true},
			exported.Call{Of: "Table.Len", With: name, Do: exported.Panics(func() { s.Len() }), Accepted: true},
			exported.Call{Of: "Table.Err", With: name, Do: s.Err, Accepted: true},
			exported.Call{Of: "Table.Standardise", With: name, Do: exported.Panics(func() { s.Standardise() }), Accepted: true},
			exported.Call{Of: "Table.Consecutive", With: name, Do: exported.Panics(func() {
				for range s.Consecutive(2) {
					t.Error("a batch of nothing")
				}
			}), Accepted: true},
			exported.Call{Of: "Table.Minibatches", With: name, Do: exported.Panics(func() {
				for range s.Minibatches(2, rng) {
					t.Error("a batch of nothing")
				}
			}), Accepted: true})
	}
	exported.Check(t, ".", calls)
}

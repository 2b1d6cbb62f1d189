package images_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/datasets/images"
	"declive/internal/exported"
)

// TestArguments calls all of the package with arguments that have no meaning.
func TestArguments(t *testing.T) {
	f, err := images.Find(twoClasses(t))
	require.NoError(t, err)
	size := images.Size{Channels: 3, Height: 2, Width: 4}
	s, err := f.Stream(size)
	require.NoError(t, err)
	var none *images.Folder
	rng := rand.New(rand.NewPCG(1, 2))
	calls := []exported.Call{
		{Of: "Find", With: "nil file system", Do: func() error { _, err := images.Find(nil); return err }},
		{Of: "Folder.Split", With: "nil generator", Do: func() error { _, _, err := f.Split(0.5, nil); return err }},
		{Of: "Folder.Split", With: "nil folder", Do: func() error { _, _, err := none.Split(0.5, rng); return err }},
		{Of: "Folder.Split", With: "an empty part", Do: func() error { _, _, err := f.Split(0.01, rng); return err }},
		{Of: "Folder.Split", With: "fraction NaN", Do: func() error { _, _, err := f.Split(math.NaN(), rng); return err }},
		{Of: "Read", With: "nil reader", Do: func() error { _, err := images.Read(nil, size); return err }},
		{Of: "Read", With: "no picture", Do: func() error { _, err := images.Read(strings.NewReader("GIF89a"), size); return err }},
		{Of: "Read", With: "no size", Do: func() error { _, err := images.Read(strings.NewReader(""), images.Size{}); return err }},
		{Of: "Folder.Read", With: "nil folder", Do: func() error { _, err := none.Read(size); return err }},
		{Of: "Folder.Stream", With: "nil folder", Do: func() error { _, err := none.Stream(size); return err }},
		{Of: "Folder.Stream", With: "a transform of another width", Do: func() error {
			_, err := f.Stream(size, datasets.Transform{Shift: []float64{1, 2}, Scale: []float64{1}})
			return err
		}},
		{Of: "Stream.Map", With: "no function", Do: func() error { _, err := s.Map(nil); return err }},
		{Of: "Stream.Minibatches", With: "nil generator", Do: exported.Panics(func() { s.Minibatches(2, nil) })},
		{Of: "Stream.Consecutive", With: "negative size", Do: exported.Panics(func() { s.Consecutive(-1) }), Accepted: true},
	}
	var nothing *images.Stream
	for with, s := range map[string]*images.Stream{"nil stream": nothing, "a stream that no folder made": {}} {
		calls = append(calls,
			exported.Call{Of: "Stream.Len", With: with, Do: exported.Panics(func() { s.Len() }), Accepted: true},
			exported.Call{Of: "Stream.Features", With: with, Do: exported.Panics(func() { s.Features() }), Accepted: true},
			exported.Call{Of: "Stream.Classes", With: with, Do: exported.Panics(func() { s.Classes() }), Accepted: true},
			exported.Call{Of: "Stream.Map", With: with, Do: func() error {
				_, err := s.Map(func(d *datasets.Dataset) (*datasets.Dataset, error) { return d, nil })
				return err
			}},
			exported.Call{Of: "Stream.Err", With: with, Do: s.Err, Accepted: true},
			exported.Call{Of: "Stream.Consecutive", With: with, Do: exported.Panics(func() {
				for range s.Consecutive(2) {
					t.Error("a batch of nothing")
				}
			}), Accepted: true},
			exported.Call{Of: "Stream.Minibatches", With: with, Do: exported.Panics(func() {
				for range s.Minibatches(2, rng) {
					t.Error("a batch of nothing")
				}
			}), Accepted: true})
	}
	for with, size := range map[string]images.Size{
		"no size": {}, "two channels": {2, 3, 4}, "no height": {3, 0, 4}, "negative width": {3, 2, -4}, "a huge size": {1, 2, 1 << 20},
	} {
		calls = append(calls,
			exported.Call{Of: "Folder.Read", With: with, Do: func() error { _, err := f.Read(size); return err }},
			exported.Call{Of: "Folder.Stream", With: with, Do: func() error { _, err := f.Stream(size); return err }})
	}
	exported.Check(t, ".", calls)
}

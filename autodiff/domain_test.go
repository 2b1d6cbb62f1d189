package autodiff

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPlacesOfOperands(t *testing.T) {
	type read struct {
		s  Shape
		at place
		ok bool
	}
	for _, tt := range []struct {
		to    Shape
		block int
		reads []read
	}{
		{Shape{3, 5}, 1, []read{
			{Shape{3, 5}, full, true}, {Shape{3, 1}, perRow, true}, {Shape{5}, perCol, true}, {Shape{1, 5}, perCol, true},
			{Shape{}, perLoop, true}, {Shape{1, 1}, perLoop, true},
		}},
		{Shape{7, 4, 5}, 4, []read{
			{Shape{7, 4, 5}, full, true}, {Shape{7, 4, 1}, perRow, true}, {Shape{7, 1, 5}, blockRow, true}, {Shape{7, 1, 1}, perBlock, true},
			{Shape{4, 5}, byRow | byCol, true}, {Shape{1, 4, 5}, byRow | byCol, true}, {Shape{4, 1}, byRow, true}, {Shape{5}, perCol, true},
		}},
		{Shape{4, 4, 5}, 4, []read{{Shape{4, 1, 5}, blockRow, true}, {Shape{4, 5}, byRow | byCol, true}}},
		{Shape{2, 3, 4, 5}, 4, []read{
			{Shape{2, 3, 1, 5}, blockRow, true}, {Shape{4, 5}, byRow | byCol, true},
			{Shape{3, 4, 5}, 0, false}, {Shape{2, 1, 1, 5}, 0, false}, {Shape{2, 1, 4, 5}, 0, false}, {Shape{3, 1, 5}, 0, false},
		}},
		{Shape{2, 4, 4, 5}, 4, []read{{Shape{2, 1, 4, 5}, 0, false}, {Shape{4, 1, 5}, 0, false}}},
		{Shape{2, 3, 4, 5}, 12, []read{{Shape{3, 4, 5}, byRow | byCol, true}, {Shape{2, 1, 1, 1}, perBlock, true}, {Shape{4, 5}, 0, false}}},
	} {
		d := domainOf(tt.to)
		d.block = tt.block
		for _, r := range tt.reads {
			at, ok := d.placeIn(r.s, tt.to)
			assert.Equal(t, r.ok, ok, "%v in %v, blocks of %d", r.s, tt.to, tt.block)
			if ok {
				assert.Equal(t, r.at, at, "%v in %v, blocks of %d", r.s, tt.to, tt.block)
			}
		}
	}
}

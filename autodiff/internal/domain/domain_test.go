package domain

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/autodiff/internal/shape"
)

func TestPlacesOfOperands(t *testing.T) {
	type read struct {
		s  shape.Shape
		at Place
		ok bool
	}
	for _, tt := range []struct {
		to    shape.Shape
		block int
		reads []read
	}{
		{shape.Shape{3, 5}, 1, []read{
			{shape.Shape{3, 5}, Full, true}, {shape.Shape{3, 1}, PerRow, true}, {shape.Shape{5}, PerCol, true}, {shape.Shape{1, 5}, PerCol, true},
			{shape.Shape{}, PerLoop, true}, {shape.Shape{1, 1}, PerLoop, true},
		}},
		{shape.Shape{7, 4, 5}, 4, []read{
			{shape.Shape{7, 4, 5}, Full, true}, {shape.Shape{7, 4, 1}, PerRow, true}, {shape.Shape{7, 1, 5}, BlockRow, true}, {shape.Shape{7, 1, 1}, PerBlock, true},
			{shape.Shape{4, 5}, ByRow | ByCol, true}, {shape.Shape{1, 4, 5}, ByRow | ByCol, true}, {shape.Shape{4, 1}, ByRow, true}, {shape.Shape{5}, PerCol, true},
		}},
		{shape.Shape{4, 4, 5}, 4, []read{{shape.Shape{4, 1, 5}, BlockRow, true}, {shape.Shape{4, 5}, ByRow | ByCol, true}}},
		{shape.Shape{2, 3, 4, 5}, 4, []read{
			{shape.Shape{2, 3, 1, 5}, BlockRow, true}, {shape.Shape{4, 5}, ByRow | ByCol, true},
			{shape.Shape{3, 4, 5}, 0, false}, {shape.Shape{2, 1, 1, 5}, 0, false}, {shape.Shape{2, 1, 4, 5}, 0, false}, {shape.Shape{3, 1, 5}, 0, false},
		}},
		{shape.Shape{2, 4, 4, 5}, 4, []read{{shape.Shape{2, 1, 4, 5}, 0, false}, {shape.Shape{4, 1, 5}, 0, false}}},
		{shape.Shape{2, 3, 4, 5}, 12, []read{{shape.Shape{3, 4, 5}, ByRow | ByCol, true}, {shape.Shape{2, 1, 1, 1}, PerBlock, true}, {shape.Shape{4, 5}, 0, false}}},
	} {
		d := Of(tt.to)
		d.Block = tt.block
		for _, r := range tt.reads {
			at, ok := d.PlaceIn(r.s, tt.to)
			assert.Equal(t, r.ok, ok, "%v in %v, blocks of %d", r.s, tt.to, tt.block)
			if ok {
				assert.Equal(t, r.at, at, "%v in %v, blocks of %d", r.s, tt.to, tt.block)
			}
		}
	}
}

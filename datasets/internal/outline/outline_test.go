package outline

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A digit is one high, about its middle, and an 8 has two holes.
func TestDigits(t *testing.T) {
	fonts, err := Digits()
	require.NoError(t, err)
	require.Len(t, fonts, 4)
	for _, digits := range fonts {
		assert.Len(t, digits[8], 3)
		assert.Len(t, digits[1], 1)
		for _, d := range digits {
			top, bottom := float32(0), float32(0)
			for _, contour := range d {
				for _, p := range contour {
					top, bottom = min(top, p.Y), max(bottom, p.Y)
				}
			}
			assert.InDelta(t, -0.5, top, 0.03) // the control points of a curve lie outside of it
			assert.InDelta(t, 0.5, bottom, 0.03)
		}
	}
}

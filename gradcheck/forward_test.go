package gradcheck_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/gradcheck"
)

// The lecture's worked example: the loss is 1.25347, and 1.25322, 1.25353 and
// 1.25347 after the first, second and third weight moved by 0.0001.
func TestForwardLecture(t *testing.T) {
	w := []float64{0.34, -1.11, 0.78}
	losses := []float64{1.25347, 1.25322, 1.25353, 1.25347}
	call := 0
	f := func(at []float64) float64 {
		want := []float64{0.34, -1.11, 0.78}
		if call > 0 {
			want[call-1] += 0.0001
		}
		assert.Equal(t, want, at, "call %d", call)
		call++
		return losses[call-1]
	}
	g := gradcheck.Forward(f, w, 0.0001)
	// A loss with five decimals is known to 0.5e-5, but the differences here are
	// exact to rounding: 1e-16·1.25/1e-4.
	assert.InDeltaSlice(t, []float64{-2.5, 0.6, 0}, g, 1e-11)
	assert.Equal(t, []float64{0.34, -1.11, 0.78}, w, "weights are restored")
}

func ExampleForward() {
	f := func(w []float64) float64 { return w[0]*w[0] + 3*w[1] }
	g := gradcheck.Forward(f, []float64{2, 5}, gradcheck.Step)
	fmt.Printf("%.4f\n", g)
	// Output: [4.0000 3.0000]
}

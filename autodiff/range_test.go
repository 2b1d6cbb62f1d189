package autodiff

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// Functions at the ends of their range, interpreted and compiled. The values are
// from math/big, to the digits shown. In assembly the standard library takes no
// subnormal logarithms and lets exponentials overflow early, and an exponent
// rounded to float32 is off in its eighth digit, which ln x multiplies.
func TestEndsOfTheRange(t *testing.T) {
	for _, c := range []struct {
		precision tensor.Dtype
		f         func(x *Node) *Node
		x, want   float64
	}{
		{tensor.Float64, (*Node).Log, 4.57e-313, -719.18962090},
		{tensor.Float64, (*Node).Log, 5e-324, -744.44007192},
		{tensor.Float64, (*Node).Exp, 709.78, 1.79282279439e+308},
		{tensor.Float64, (*Node).Softplus, -745, 5e-324},
		{tensor.Float64, func(x *Node) *Node { return x.Pow(1. / 3) }, 1e-320, 2.15442669503e-107},
		{tensor.Float32, func(x *Node) *Node { return x.Pow(-1.7) }, 0x1p-74, 7.4058251551e+37},
		{tensor.Float32, func(x *Node) *Node { return x.Pow(1. / 3) }, 0x1p-149, 1.11903468709e-15},
	} {
		g := NewGraph(c.precision)
		x := g.Input("x")
		y := c.f(x)
		feed := x.Feed(tensor.New(tensor.FromScalar(c.x)))
		if c.precision == tensor.Float32 {
			feed = x.Feed(tensor.New(tensor.FromScalar(float32(c.x))))
		}
		interpreted, err := Interpret([]Feed{feed}, y)
		require.NoError(t, err)
		p, err := Compile(y)
		require.NoError(t, err)
		out, err := p.Run(feed)
		require.NoError(t, err)
		ulp := 0x1p-23
		if c.precision == tensor.Float64 {
			ulp = 1e-10 // of the digits above
		}
		for _, v := range []*tensor.Dense{interpreted[0], out.Value(0)} {
			got := dense.Floats(v)[0]
			assert.InEpsilon(t, c.want, got, ulp, "%s(%g) in %v", y.Op(), c.x, c.precision)
		}
	}
}

package onnx_test

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

// run computes what a file in float64 says, operator by operator in plain loops after
// their definitions, https://onnx.ai/onnx/operators/, as far as layers need them.
func run(t *testing.T, file []byte, x array) array {
	values := map[string]array{"x": x}
	for _, c := range fields(t, file, 7, 5) {
		values[string(fields(t, c, 8)[0])] = constant(t, c)
	}
	for _, n := range fields(t, file, 7, 1) {
		o := operator{op: string(fields(t, n, 4)[0]), lists: map[string][]int{}}
		for _, name := range fields(t, n, 1) {
			require.Contains(t, values, string(name))
			o.in = append(o.in, values[string(name)])
		}
		for _, a := range fields(t, n, 5) {
			o.lists[string(fields(t, a, 1)[0])] = integers(t, append(fields(t, a, 3), fields(t, a, 8)...))
		}
		values[string(fields(t, n, 2)[0])] = o.run(t)
	}
	return values["scores"]
}

// An array has its elements row by row; integers are numbers too.
type array struct {
	shape []int
	v     []float64
}

func integers(t *testing.T, encoded [][]byte) (out []int) {
	for _, b := range encoded {
		v, n := protowire.ConsumeVarint(b)
		require.Positive(t, n)
		out = append(out, int(v))
	}
	return out
}

func constant(t *testing.T, c []byte) array {
	a := array{shape: integers(t, fields(t, c, 1))}
	whole := integers(t, fields(t, c, 2))[0] == 7
	for data := fields(t, c, 9)[0]; len(data) > 0; data = data[8:] {
		bits := binary.LittleEndian.Uint64(data)
		if whole {
			a.v = append(a.v, float64(int64(bits)))
		} else {
			a.v = append(a.v, math.Float64frombits(bits))
		}
	}
	return a
}

// at returns an element, or that which broadcasts there.
func (a array) at(i ...int) float64 {
	k := 0
	for axis, d := range a.shape {
		j := i[len(i)-len(a.shape)+axis]
		if d == 1 {
			j = 0
		}
		k = k*d + j
	}
	return a.v[k]
}

// fill returns an array of elements by index.
func fill(shape []int, f func(i []int) float64) array {
	size := 1
	for _, d := range shape {
		size *= d
	}
	a := array{slices.Clone(shape), make([]float64, size)}
	for k := range a.v {
		i, rest := make([]int, len(shape)), k
		for axis := len(shape) - 1; axis >= 0; axis-- {
			i[axis], rest = rest%shape[axis], rest/shape[axis]
		}
		a.v[k] = f(i)
	}
	return a
}

type operator struct {
	op    string
	in    []array
	lists map[string][]int
}

func (o operator) run(t *testing.T) array {
	x := o.in[0]
	unary := map[string]func(float64) float64{
		"Relu": func(v float64) float64 { return max(v, 0) }, "Tanh": math.Tanh, "Sigmoid": func(v float64) float64 { return 1 / (1 + math.Exp(-v)) },
		"Sqrt": math.Sqrt, "Erf": math.Erf,
	}
	binary := map[string]func(a, b float64) float64{
		"Add": func(a, b float64) float64 { return a + b }, "Sub": func(a, b float64) float64 { return a - b },
		"Mul": func(a, b float64) float64 { return a * b }, "Div": func(a, b float64) float64 { return a / b },
	}
	if f := unary[o.op]; f != nil {
		return fill(x.shape, func(i []int) float64 { return f(x.at(i...)) })
	}
	if f := binary[o.op]; f != nil {
		return fill(broadcast(t, x.shape, o.in[1].shape), func(i []int) float64 { return f(x.at(i...), o.in[1].at(i...)) })
	}
	switch o.op {
	case "Flatten":
		return array{[]int{x.shape[0], len(x.v) / x.shape[0]}, x.v}
	case "Shape":
		return fill([]int{len(x.shape)}, func(i []int) float64 { return float64(x.shape[i[0]]) })
	case "Reshape":
		return reshape(x, o.in[1].v)
	case "Gemm":
		require.Equal(t, []int{1}, o.lists["transB"])
		return o.gemm()
	case "Transpose":
		return transpose(x, o.lists["perm"])
	case "ReduceMean", "ReduceMax":
		return o.reduce()
	case "AveragePool":
		require.Equal(t, []int{1}, o.lists["count_include_pad"])
		return o.windows()
	case "Conv", "MaxPool":
		return o.windows()
	}
	require.Fail(t, "unknown operator "+o.op)
	return array{}
}

func broadcast(t *testing.T, a, b []int) []int {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := slices.Clone(a)
	for k, d := range b {
		j := len(a) - len(b) + k
		require.True(t, d == a[j] || d == 1 || a[j] == 1, "%v and %v do not broadcast", a, b)
		out[j] = max(d, a[j])
	}
	return out
}

// reshape keeps lengths where it finds 0, and fits the one where it finds −1.
func reshape(x array, to []float64) array {
	shape, rest, fitted := make([]int, len(to)), len(x.v), -1
	for k, d := range to {
		switch shape[k] = int(d); d {
		case 0:
			shape[k] = x.shape[k]
		case -1:
			fitted = k
			continue
		}
		rest /= shape[k]
	}
	if fitted >= 0 {
		shape[fitted] = rest
	}
	return array{shape, x.v}
}

func (o operator) gemm() array {
	x, w := o.in[0], o.in[1]
	return fill([]int{x.shape[0], w.shape[0]}, func(i []int) (s float64) {
		for k := range x.shape[1] {
			s += x.at(i[0], k) * w.at(i[1], k)
		}
		if len(o.in) == 3 {
			s += o.in[2].at(i[1])
		}
		return s
	})
}

func transpose(x array, perm []int) array {
	shape := make([]int, len(perm))
	for k, axis := range perm {
		shape[k] = x.shape[axis]
	}
	return fill(shape, func(i []int) float64 {
		from := make([]int, len(perm))
		for k, axis := range perm {
			from[axis] = i[k]
		}
		return x.at(from...)
	})
}

// reduce takes the mean or maximum over axes, which stay with length 1 or go.
func (o operator) reduce() array {
	x := o.in[0]
	kept := slices.Clone(x.shape)
	for _, axis := range o.lists["axes"] {
		kept[(axis+len(kept))%len(kept)] = 1
	}
	y := fill(kept, func(i []int) float64 {
		sum, most, n := 0., math.Inf(-1), 0.
		fill(x.shape, func(j []int) float64 {
			for axis := range j {
				if kept[axis] > 1 && i[axis] != j[axis] {
					return 0
				}
			}
			sum, most, n = sum+x.at(j...), max(most, x.at(j...)), n+1
			return 0
		})
		if o.op == "ReduceMax" {
			return most
		}
		return sum / n
	})
	if o.lists["keepdims"][0] == 0 {
		y.shape = without(x.shape, o.lists["axes"])
	}
	return y
}

func without(shape, axes []int) (out []int) {
	for axis, d := range shape {
		if !slices.Contains(axes, axis) {
			out = append(out, d)
		}
	}
	return out
}

// windows are on images of shape (n, channels, height, width).
func (o operator) windows() array {
	x, size, stride, pads := o.in[0], o.lists["kernel_shape"], o.lists["strides"], o.lists["pads"]
	out := []int{x.shape[0], x.shape[1], 0, 0}
	if o.op == "Conv" {
		out[1] = o.in[1].shape[0]
	}
	for k := range 2 {
		out[2+k] = (x.shape[2+k]+pads[k]+pads[2+k]-size[k])/stride[k] + 1
	}
	return fill(out, func(i []int) float64 {
		sum, most := 0., math.Inf(-1)
		for r := range size[0] {
			for s := range size[1] {
				p, q := i[2]*stride[0]+r-pads[0], i[3]*stride[1]+s-pads[1]
				if p < 0 || q < 0 || p >= x.shape[2] || q >= x.shape[3] {
					continue
				}
				if o.op != "Conv" {
					v := x.at(i[0], i[1], p, q)
					sum, most = sum+v, max(most, v)
					continue
				}
				for c := range x.shape[1] {
					sum += x.at(i[0], c, p, q) * o.in[1].at(i[1], c, r, s)
				}
			}
		}
		switch {
		case o.op == "MaxPool":
			return most
		case o.op == "AveragePool": // count_include_pad is 1
			return sum / float64(size[0]*size[1])
		case len(o.in) == 3:
			return sum + o.in[2].at(i[1])
		}
		return sum
	})
}

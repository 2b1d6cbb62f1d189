package safetensors

import (
	"encoding/binary"
	"fmt"
	"math"

	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// widths are the bytes of an element in each precision that All reads.
var widths = map[string]uint64{"F16": 2, "BF16": 2, "F32": 4, "F64": 8}

// All returns the tensors but for those that are left out, in the header's order, as
// float64 where the file has F64 and else as float32, which holds all numbers of
// F16 and BF16. It verifies what [File.Read] does, and can be called in its place.
func (f *File) All(leaveOut func(name string) bool) ([]Tensor, error) {
	var tensors []Tensor
	var from []Entry
	for _, e := range f.Entries {
		if leaveOut(e.Name) {
			continue
		}
		if err := e.readable(); err != nil {
			return nil, err
		}
		from = append(from, e)
	}
	data, err := f.readData()
	if err != nil {
		return nil, err
	}
	if err := f.verify(data); err != nil {
		return nil, err
	}
	for _, e := range from {
		tensors = append(tensors, Tensor{e.Name, e.made(data[e.Offsets[0]:e.Offsets[1]])})
	}
	return tensors, nil
}

// readable refuses a precision that All does not read, and a shape that does not go
// with the bytes.
func (e Entry) readable() error {
	width := widths[e.Dtype]
	if width == 0 {
		return fmt.Errorf("tensor %q is %s, want F16, BF16, F32 or F64", e.Name, e.Dtype)
	}
	for _, d := range e.Shape {
		if d > math.MaxInt32 {
			return fmt.Errorf("tensor %q has shape %v, which is too large", e.Name, e.Shape)
		}
	}
	size, reason := dense.Size(e.shape()...)
	if reason != "" {
		return fmt.Errorf("tensor %q has shape %v: %s", e.Name, e.Shape, reason)
	}
	if bytes := e.Offsets[1] - e.Offsets[0]; bytes%width != 0 || bytes/width != uint64(size) {
		return fmt.Errorf("tensor %q is %s %v, but lies at %d in the file", e.Name, e.Dtype, e.Shape, e.Offsets)
	}
	return nil
}

func (e Entry) shape() []int {
	shape := make([]int, len(e.Shape))
	for i, d := range e.Shape {
		shape[i] = int(d)
	}
	return shape
}

// made returns a tensor with the elements that data holds.
func (e Entry) made(data []byte) *tensor.Dense {
	if e.Dtype == "F64" {
		return dense.Wrap(e.shape(), decoded(data, 8, func(b []byte) float64 {
			return math.Float64frombits(binary.LittleEndian.Uint64(b))
		}))
	}
	of := map[string]func([]byte) float32{
		"F32":  func(b []byte) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b)) },
		"BF16": func(b []byte) float32 { return math.Float32frombits(uint32(binary.LittleEndian.Uint16(b)) << 16) },
		"F16":  func(b []byte) float32 { return half(binary.LittleEndian.Uint16(b)) },
	}[e.Dtype]
	return dense.Wrap(e.shape(), decoded(data, int(widths[e.Dtype]), of))
}

func decoded[F dense.Float](data []byte, width int, of func([]byte) F) []F {
	out := make([]F, len(data)/width)
	for i := range out {
		out[i] = of(data[i*width : (i+1)*width])
	}
	return out
}

// half returns a number of IEEE 754 binary16: a sign, 5 bits of exponent and 10 of
// fraction,
//
//	±2^(e−15)·(1 + f/2¹⁰),  ±2⁻¹⁴·f/2¹⁰ for e = 0,  ±∞ or NaN for e = 31
func half(h uint16) float32 {
	sign, e, f := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch e {
	case 0:
		return math.Float32frombits(sign | math.Float32bits(float32(f)*(1.0/(1<<24))))
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | f<<13)
	}
	return math.Float32frombits(sign | (e+127-15)<<23 | f<<13)
}

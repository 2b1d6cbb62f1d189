package nn_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/nn"
)

// foreign is a file as another program writes it: W of 2×3 in BF16, b of 2 in F16 and
// a counter of integers. In BF16, 1 is 0x3f80 and each of 2, 4, … has 0x80 more; in
// F16, 1 is 0x3c00.
func foreign() *bytes.Reader {
	const header = `{"fc.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},` +
		`"fc.bias":{"dtype":"F16","shape":[2],"data_offsets":[12,16]},"steps":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}`
	file := append(binary.LittleEndian.AppendUint64(nil, uint64(len(header))), header...)
	for _, half := range []uint16{0x3f80, 0x4000, 0x4080, 0x4100, 0x4180, 0x4200, 0x3c00, 0xbc00} {
		file = binary.LittleEndian.AppendUint16(file, half)
	}
	return bytes.NewReader(append(file, make([]byte, 8)...))
}

var renamed = map[string]string{"fc.weight": "scores/W", "fc.bias": "scores/b", "steps": ""}

func TestReading(t *testing.T) {
	for _, dt := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		l := nn.NewLinear("scores", 3, 2, nn.Zeros(), nil)
		l.Weight.Convert(dt)
		l.Bias.Convert(dt)
		memory := l.Weight.Value()
		require.NoError(t, nn.Reading{Names: renamed, Convert: true}.ReadParams(foreign(), l.Params()))
		assert.Equal(t, "[1 2 4 8 16 32] [1 -1]", fmt.Sprint(memory.Data(), l.Bias.Value().Data()))
	}
}

func TestReadingRefuses(t *testing.T) {
	l := nn.NewLinear("scores", 3, 2, nn.Constant(7), nil)
	wide := nn.NewLinear("scores", 3, 2, nn.Zeros(), nil)
	wide.Weight.Convert(tensor.Float64)
	wide.Bias.Convert(tensor.Float64)
	wide.Weight.Value().Float64s()[1] = 1e300
	var doubles bytes.Buffer
	require.NoError(t, nn.WriteParams(&doubles, wide.Params()))
	for _, c := range []struct {
		reading nn.Reading
		file    []byte
		want    string
	}{
		{nn.Reading{Convert: true, Names: map[string]string{"steps": ""}}, nil, `has a tensor "fc.weight", which is not among the parameters`},
		{nn.Reading{Convert: true}, nil, `tensor "steps" is I64, want F16, BF16, F32 or F64`},
		{nn.Reading{Convert: true, Names: map[string]string{"gamma": "scores/W"}}, nil, `no tensor "gamma", which is among the names`},
		{nn.Reading{Convert: true, Names: map[string]string{"fc.weight": "scores/W", "fc.bias": "", "steps": ""}}, nil, "no tensor for the parameter scores/b"},
		{nn.Reading{Convert: true, Names: map[string]string{"fc.weight": "scores/b", "fc.bias": "scores/b", "steps": ""}}, nil,
			`tensor "fc.weight" is of shape (2, 3) in the file, the parameter scores/b of (2)`},
		{nn.Reading{Names: map[string]string{"scores/W": "scores/W"}}, doubles.Bytes(), "is float64 in the file, the parameter scores/W float32; set Convert"},
		{nn.Reading{Convert: true}, doubles.Bytes(), `tensor "scores/W" has 1e+300, which is too large for float32`},
		{nn.Reading{}, doubles.Bytes(), `is F64 [2 3] in the file, want F32 [2 3]`},
	} {
		file := foreign()
		if c.file != nil {
			file = bytes.NewReader(c.file)
		}
		assert.ErrorContains(t, c.reading.ReadParams(file, l.Params()), c.want)
		assert.Equal(t, float32(7), l.Weight.Value().Float32s()[1], "nothing has changed")
	}
}

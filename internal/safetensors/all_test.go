package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/internal/safetensors"
)

// raw returns a file of a header as it is given and of the elements.
func raw(header string, data []byte) *bytes.Reader {
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return bytes.NewReader(append(append(file, header...), data...))
}

func all(t *testing.T, file *bytes.Reader, leaveOut ...string) ([]safetensors.Tensor, error) {
	f, err := safetensors.Open(file)
	require.NoError(t, err)
	return f.All(func(name string) bool { return len(leaveOut) > 0 && name == leaveOut[0] })
}

func TestAll(t *testing.T) {
	got, err := all(t, bytes.NewReader(written(t, trained(), nil)))
	require.NoError(t, err)
	byName := map[string]safetensors.Tensor{}
	for _, x := range got {
		byName[x.Name] = x
	}
	require.Len(t, byName, len(trained()))
	for _, want := range trained() {
		x := byName[want.Name]
		require.NotNil(t, x.Value, want.Name)
		assert.Equal(t, want.Value.Shape(), x.Value.Shape())
		assert.Equal(t, want.Value.Dtype(), x.Value.Dtype())
		assert.Equal(t, values([]safetensors.Tensor{want}), values([]safetensors.Tensor{x}))
	}
}

// Every number of 16 bits, by the formulas of the two formats.
func TestHalves(t *testing.T) {
	var data []byte
	for h := range 1 << 16 {
		data = binary.LittleEndian.AppendUint16(data, uint16(h))
	}
	for dtype, exponent := range map[string]int{"F16": 5, "BF16": 8} {
		got, err := all(t, raw(`{"h":{"dtype":"`+dtype+`","shape":[65536],"data_offsets":[0,131072]}}`, data))
		require.NoError(t, err)
		fraction, bias := 15-exponent, 1<<(exponent-1)-1
		for h, x := range got[0].Value.Float32s() {
			e, f := h>>fraction&(1<<exponent-1), float64(h&(1<<fraction-1))
			want := math.Ldexp(1+math.Ldexp(f, -fraction), e-bias)
			switch {
			case e == 0:
				want = math.Ldexp(f, 1-bias-fraction)
			case e == 1<<exponent-1 && f == 0:
				want = math.Inf(1)
			case e == 1<<exponent-1:
				want = math.NaN()
			}
			if h >= 1<<15 {
				want = -want
			}
			if want != want {
				require.True(t, x != x, "%s %#x", dtype, h)
				continue
			}
			require.Equal(t, math.Float64bits(want), math.Float64bits(float64(x)), "%s %#x", dtype, h)
		}
	}
}

func TestAllRefuses(t *testing.T) {
	for header, want := range map[string]string{
		`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`:                     `tensor "a" is I64, want F16, BF16, F32 or F64`,
		`{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}`:                     `tensor "a" is F16 [2], but lies at [0 8] in the file`,
		`{"a":{"dtype":"F32","shape":[4294967296,4],"data_offsets":[0,8]}}`:          `which is too large`,
		`{"a":{"dtype":"F32","shape":[99999,99999,999999999],"data_offsets":[0,8]}}`: `"a" has shape [99999 99999 999999999]`,
		`{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]}}`:                    `elements: the file is truncated, 8 of 16 bytes`,
		`{"a":{"dtype":"F64","shape":[268435455],"data_offsets":[0,2147483640]}}`:    `elements: the file is truncated, 8 of 2147483640 bytes`,
	} {
		_, err := all(t, raw(header, make([]byte, 8)))
		assert.ErrorContains(t, err, want)
	}
	got, err := all(t, raw(`{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}`, make([]byte, 8)), "a")
	assert.NoError(t, err, "what is left out may have any precision")
	assert.Empty(t, got)
}

// Files that users have in the place of safetensors are called by their names.
func TestForeignFiles(t *testing.T) {
	for start, want := range map[string]string{
		"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a": "a pointer of Git LFS",
		"<!DOCTYPE html>\n<html><body>":                               "a web page",
		"<!doctype html>":                                             "a web page",
		"<html>":                                                      "a web page",
		"PK\x03\x04\x00\x00\x08\x08 archive/data.pkl":                 "a zip archive, as PyTorch saves its pickles",
		"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.":                  "a Python pickle",
		"\x80\x04\x95\x1b\x00\x00\x00\x00\x00\x00\x00}\x94":           "a Python pickle",
		"\x89HDF\r\n\x1a\n":                                           "an HDF5 file",
		"\x93NUMPY\x01\x00v\x00{'descr'":                              "an array of NumPy",
		"GGUF\x03\x00\x00\x00":                                        "a GGUF file",
		"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03":                    "compressed by gzip",
	} {
		_, err := safetensors.Open(strings.NewReader(start))
		assert.ErrorContains(t, err, "the file is "+want, "%q", start)
	}
}

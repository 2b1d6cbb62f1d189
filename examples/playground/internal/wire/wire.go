// Package wire is how numbers travel to the page, which reads JSON.
package wire

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
)

// A Number is a number that may be infinite or none, for which JSON has no form:
// these are null.
type Number float64

// MarshalJSON implements json.Marshaler.
func (n Number) MarshalJSON() ([]byte, error) {
	if v := float64(n); math.IsInf(v, 0) || math.IsNaN(v) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// Numbers returns the same numbers as such.
func Numbers(x []float64) []Number {
	out := make([]Number, len(x))
	for i, v := range x {
		out[i] = Number(v)
	}
	return out
}

// A Picture is many numbers that are only drawn: float32 with the lowest byte first,
// in base64, which the page takes as they are instead of reading digits.
type Picture []float64

// MarshalJSON implements json.Marshaler.
func (p Picture) MarshalJSON() ([]byte, error) {
	raw := make([]byte, 0, 4*len(p))
	for _, v := range p {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(float32(v)))
	}
	return json.Marshal(base64.StdEncoding.EncodeToString(raw))
}

package runlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
)

// A message is one of protocol buffers, as bytes, to which fields are added: a key of
// the field's number and how its content is written, then that.
type message []byte

const (
	varint = 0
	fixed8 = 1
	sized  = 2
	fixed4 = 5
)

func (m *message) key(field, form int) { *m = binary.AppendUvarint(*m, uint64(field<<3|form)) }

func (m *message) number(field int, v uint64) {
	m.key(field, varint)
	*m = binary.AppendUvarint(*m, v)
}

func (m *message) double(field int, v float64) {
	m.key(field, fixed8)
	*m = binary.LittleEndian.AppendUint64(*m, math.Float64bits(v))
}

func (m *message) float(field int, v float32) {
	m.key(field, fixed4)
	*m = binary.LittleEndian.AppendUint32(*m, math.Float32bits(v))
}

func (m *message) bytes(field int, v []byte) {
	m.key(field, sized)
	*m = binary.AppendUvarint(*m, uint64(len(v)))
	*m = append(*m, v...)
}

func (m *message) doubles(field int, v []float64) {
	var packed []byte
	for _, x := range v {
		packed = binary.LittleEndian.AppendUint64(packed, math.Float64bits(x))
	}
	m.bytes(field, packed)
}

// framed returns a record of a TFRecord file:
//
//	8 bytes   length n, little-endian
//	4 bytes   masked CRC-32C of those
//	n bytes   the message
//	4 bytes   masked CRC-32C of that
func framed(m message) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(m)))
	out = binary.LittleEndian.AppendUint32(out, masked(out))
	out = append(out, m...)
	return binary.LittleEndian.AppendUint32(out, masked(m))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// masked returns a checksum turned and moved, so that the checksum of data that holds
// checksums is not special.
func masked(data []byte) uint32 {
	c := crc32.Checksum(data, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// intervals of a histogram.
const intervals = 30

// histogram returns the message of a distribution.
func histogram(values []float64) (message, error) {
	if len(values) == 0 {
		return nil, errors.New("there are no values")
	}
	sum, squares := 0.0, 0.0
	for i, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("value %d is %v", i, v)
		}
		sum, squares = sum+v, squares+v*v
	}
	least, most := slices.Min(values), slices.Max(values)
	width := most/intervals - least/intervals
	limits, counts := make([]float64, intervals), make([]float64, intervals)
	for i := range limits {
		limits[i] = least + float64(i+1)*width
	}
	limits[intervals-1] = most
	for _, v := range values {
		at := 0
		if width > 0 {
			at = max(0, min(intervals-1, int(math.Ceil((v/width-least/width)))-1))
		}
		counts[at]++
	}
	var m message
	for field, v := range []float64{least, most, float64(len(values)), sum, squares} {
		m.double(field+1, v)
	}
	m.doubles(6, limits)
	m.doubles(7, counts)
	return m, nil
}

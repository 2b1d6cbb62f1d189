package runlog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"declive/internal/dense"
)

// A message is a protocol buffer in the making. Its fields have the numbers of
// TensorBoard's event.proto and summary.proto.
type message []byte

func (m *message) number(field protowire.Number, v uint64) {
	*m = protowire.AppendTag(*m, field, protowire.VarintType)
	*m = protowire.AppendVarint(*m, v)
}

func (m *message) double(field protowire.Number, v float64) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed64Type)
	*m = protowire.AppendFixed64(*m, math.Float64bits(v))
}

func (m *message) float(field protowire.Number, v float32) {
	*m = protowire.AppendTag(*m, field, protowire.Fixed32Type)
	*m = protowire.AppendFixed32(*m, math.Float32bits(v))
}

func (m *message) bytes(field protowire.Number, v []byte) {
	*m = protowire.AppendTag(*m, field, protowire.BytesType)
	*m = protowire.AppendBytes(*m, v)
}

func (m *message) doubles(field protowire.Number, v []float64) {
	var packed []byte
	for _, x := range v {
		packed = protowire.AppendFixed64(packed, math.Float64bits(x))
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
		if !dense.Finite(v) {
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
		m.double(protowire.Number(field+1), v)
	}
	m.doubles(6, limits)
	m.doubles(7, counts)
	return m, nil
}

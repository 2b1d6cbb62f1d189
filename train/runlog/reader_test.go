package runlog_test

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An event as a reader of the format finds it, written from the format's description
// alone: the records of TFRecord, and the messages Event and Summary.
type event struct {
	time    float64
	step    int
	version string
	scalars map[string]float32
	content map[string]map[int][]byte // of other values, by name and field
}

// readEvents reads a file and verifies every checksum.
func readEvents(t *testing.T, path string) []event {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var events []event
	for len(data) > 0 {
		require.GreaterOrEqual(t, len(data), 16)
		n := int(binary.LittleEndian.Uint64(data))
		require.LessOrEqual(t, n, len(data)-16)
		assert.Equal(t, unmasked(data[8:]), checksum(data[:8]))
		body := data[12 : 12+n]
		assert.Equal(t, unmasked(data[12+n:]), checksum(body))
		events = append(events, parseEvent(t, body))
		data = data[16+n:]
	}
	return events
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// unmasked undoes the mask of the checksum that b begins with.
func unmasked(b []byte) uint32 {
	rotated := binary.LittleEndian.Uint32(b) - 0xa282ead8
	return rotated<<15 | rotated>>17
}

// The check value of CRC-32C, RFC 3720: that of the nine digits.
func TestChecksum(t *testing.T) {
	assert.Equal(t, uint32(0xE3069283), checksum([]byte("123456789")))
}

func parseEvent(t *testing.T, body []byte) event {
	e := event{scalars: map[string]float32{}, content: map[string]map[int][]byte{}}
	for field, contents := range parse(t, body) {
		for _, c := range contents {
			switch field {
			case 1:
				e.time = float(c)
			case 2:
				e.step = int(uvarint(c))
			case 3:
				e.version = string(c)
			case 5:
				e.parseSummary(t, c)
			}
		}
	}
	return e
}

func (e *event) parseSummary(t *testing.T, summary []byte) {
	for _, v := range parse(t, summary)[1] {
		fields := parse(t, v)
		name := string(fields[1][0])
		if s, ok := fields[2]; ok {
			e.scalars[name] = math.Float32frombits(binary.LittleEndian.Uint32(s[0]))
			continue
		}
		e.content[name] = map[int][]byte{}
		for field, c := range fields {
			e.content[name][field] = c[0]
		}
	}
}

// parse returns the contents of a message's fields.
func parse(t *testing.T, m []byte) map[int][][]byte {
	fields := map[int][][]byte{}
	for len(m) > 0 {
		key, n := binary.Uvarint(m)
		require.Positive(t, n)
		m = m[n:]
		size := 0
		switch key & 7 {
		case 0:
			_, size = binary.Uvarint(m)
		case 1:
			size = 8
		case 2:
			length, n := binary.Uvarint(m)
			require.Positive(t, n)
			m, size = m[n:], int(length)
		case 5:
			size = 4
		default:
			t.Fatalf("form %d of field %d", key&7, key>>3)
		}
		require.True(t, 0 < size && size <= len(m), "field %d has %d bytes", key>>3, size)
		fields[int(key>>3)] = append(fields[int(key>>3)], m[:size])
		m = m[size:]
	}
	return fields
}

func float(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }

func uvarint(b []byte) uint64 { v, _ := binary.Uvarint(b); return v }

func doubles(b []byte) []float64 {
	var out []float64
	for ; len(b) > 0; b = b[8:] {
		out = append(out, float(b))
	}
	return out
}

package datasets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Magic numbers of IDX files: two zero bytes, the type of the numbers, and how many
// axes there are.
const (
	idxImages = idxUbyte<<8 | 3
	idxLabels = idxUbyte<<8 | 1
)

// Types of the numbers in an IDX file, all big endian.
const (
	idxUbyte  = 0x08
	idxByte   = 0x09
	idxShort  = 0x0b
	idxInt    = 0x0c
	idxFloat  = 0x0d
	idxDouble = 0x0e
)

// ReadIDX reads a file of numbers in the IDX form, packed or not: two zero bytes,
// the type of the numbers, how many axes there are, the length of each, and the
// numbers, big endian. The first axis counts the examples, the others are their
// shape. Unsigned bytes are stored as they are, whole numbers of 32 bits and doubles
// as float64, and the others as float32.
//
// The error is a [*FormatError] if the header is another, a number is not finite, or
// the file ends too early or goes on too long.
func ReadIDX(r io.Reader) (*Dataset, error) {
	s, err := newSource("IDX", nameOf(r), r)
	if err != nil {
		return nil, err
	}
	magic, err := idxMagic(s)
	if err != nil {
		return nil, err
	}
	size := map[byte]int{idxUbyte: 1, idxByte: 1, idxShort: 2, idxInt: 4, idxFloat: 4, idxDouble: 8}[byte(magic>>8)]
	if magic>>16 != 0 || size == 0 || magic&0xff == 0 {
		return nil, s.failureAt(0, fmt.Errorf("magic number %d is none of IDX", magic))
	}
	shape, err := idxShape(s, int(magic&0xff), size)
	if err != nil {
		return nil, err
	}
	begin := s.offset
	data, err := s.bytes(size * product(shape))
	if err != nil {
		return nil, err
	}
	if err := s.end(); err != nil {
		return nil, err
	}
	d, place, err := idxNumbers(byte(magic>>8), data, shape[1:])
	if err == nil && place >= 0 {
		err = s.failureAt(begin+int64(place*size), errors.New("a number is not finite"))
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func product(shape []int) int {
	size := 1
	for _, n := range shape {
		size *= n
	}
	return size
}

// idxNumbers returns the numbers in data as a data set, and the place of the first
// that is not finite, or −1.
func idxNumbers(kind byte, data []byte, shape []int) (d *Dataset, place int, err error) {
	var single []float32
	var double []float64
	switch big := binary.BigEndian; kind {
	case idxUbyte:
		d, err = New(data, shape...)
		return d, -1, err
	case idxByte:
		single = decode(data, 1, func(b []byte) float32 { return float32(int8(b[0])) })
	case idxShort:
		single = decode(data, 2, func(b []byte) float32 { return float32(int16(big.Uint16(b))) })
	case idxFloat:
		single = decode(data, 4, func(b []byte) float32 { return math.Float32frombits(big.Uint32(b)) })
	case idxInt:
		double = decode(data, 4, func(b []byte) float64 { return float64(int32(big.Uint32(b))) })
	case idxDouble:
		double = decode(data, 8, func(b []byte) float64 { return math.Float64frombits(big.Uint64(b)) })
	}
	if single != nil {
		d, err = New(single, shape...)
		return d, slices.IndexFunc(single, func(x float32) bool { return x-x != 0 }), err
	}
	d, err = New(double, shape...)
	return d, slices.IndexFunc(double, func(x float64) bool { return x-x != 0 }), err
}

// decode returns the numbers in data, which have size bytes each.
func decode[F float](data []byte, size int, number func(b []byte) F) []F {
	numbers := make([]F, len(data)/size)
	for i := range numbers {
		numbers[i] = number(data[i*size:])
	}
	return numbers
}

// readIDX reads a whole file of bytes and returns them and the length of each axis.
func readIDX(r io.Reader, name string, magic uint32) (data []byte, shape []int, err error) {
	s, err := newSource("IDX", name, r)
	if err != nil {
		return nil, nil, err
	}
	got, err := idxMagic(s)
	if err != nil {
		return nil, nil, err
	}
	if got != magic {
		return nil, nil, s.failureAt(0, fmt.Errorf("magic number %d, want %d", got, magic))
	}
	if shape, err = idxShape(s, int(magic&0xff), 1); err != nil {
		return nil, nil, err
	}
	if data, err = s.bytes(product(shape)); err != nil {
		return nil, nil, err
	}
	return data, shape, s.end()
}

// maxIDX bounds the size of an IDX file, in bytes.
const maxIDX = 1 << 30

// idxMagic reads the magic number. A file that is known to be of another kind is
// named.
func idxMagic(s *source) (uint32, error) {
	if what := s.kind(); what != "" {
		return 0, s.failureAt(0, fmt.Errorf("the file is %s", what))
	}
	var word [4]byte
	if err := s.whole(word[:]); err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint32(word[:]), nil
}

// idxShape reads the lengths of the axes, none of which may be empty, for numbers of
// some bytes each.
func idxShape(s *source, axes, bytes int) ([]int, error) {
	var word [4]byte
	shape := make([]int, axes)
	size := uint64(bytes)
	for i := range shape {
		if err := s.whole(word[:]); err != nil {
			return nil, err
		}
		n := binary.BigEndian.Uint32(word[:])
		if size *= uint64(n); n == 0 || size > maxIDX {
			return nil, s.failureAt(s.offset-4, fmt.Errorf("axis %d has length %d, which makes %d bytes, want 1 to %d", i, n, size, maxIDX))
		}
		shape[i] = int(n)
	}
	return shape, nil
}

// whole is next where the file may not end yet.
func (s *source) whole(p []byte) error {
	err := s.next(p)
	if err == io.EOF {
		return s.failure(fmt.Errorf("the file ends too early: %w", io.ErrUnexpectedEOF))
	}
	return err
}

// bytes reads size bytes. The memory grows with what arrives, so that a header
// alone cannot ask for much.
func (s *source) bytes(size int) ([]byte, error) {
	var data []byte
	for len(data) < size {
		n := len(data)
		step := min(size-n, max(n, 1<<20))
		data = slices.Grow(data, step)[:n+step]
		if err := s.whole(data[n:]); err != nil {
			return nil, err
		}
	}
	return data, nil
}

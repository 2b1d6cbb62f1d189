// Package safetensors reads and writes tensors of float32 and float64 in the
// safetensors format, https://github.com/huggingface/safetensors:
//
//	8 bytes   n, little-endian
//	n bytes   a JSON object, padded with spaces to a multiple of 8 bytes:
//	            "__metadata__": {text: text, …}, optional
//	            name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [from, to]}, …
//	the rest  the tensors' elements, little-endian and row-major, at their offsets
//	          from the end of the header, without gap or overlap
//
// [Write] writes a file. [Open] reads a header, whose [File.Read] then reads the
// elements into tensors, all or none, or [File.All] into new ones. A file of ours holds a checksum, and one that
// has been altered is refused; so is whatever breaks a rule of the format. Errors
// do not name this package, which no user calls: the caller's name stands before
// them.
package safetensors

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gorgonia.org/tensor"

	"declive/internal/dense"
)

// A Tensor is a value with its name in a file.
type Tensor struct {
	Name  string
	Value *tensor.Dense // float32 or float64, contiguous and row-major
}

// An Entry is what a header says of one tensor.
type Entry struct {
	Name    string   `json:"-"`
	Dtype   string   `json:"dtype"` // F32, F64, or another
	Shape   []uint64 `json:"shape"`
	Offsets []uint64 `json:"data_offsets"` // from, to
}

const (
	metadataKey = "__metadata__"
	ours        = "declive."      // begins the keys of metadata that the checksum covers
	checksumKey = ours + "sha256" // in the metadata: what digest returns
	maxHeader   = 100_000_000     // bytes; the limit of the reference implementation
)

// describe returns the entry of t without its offsets.
func describe(t Tensor) Entry {
	e := Entry{Name: t.Name, Dtype: "F32", Shape: []uint64{}}
	if t.Value.Dtype() == tensor.Float64 {
		e.Dtype = "F64"
	}
	for _, d := range t.Value.Shape() {
		e.Shape = append(e.Shape, uint64(d))
	}
	return e
}

// size returns the number of bytes of t's elements.
func size(t Tensor) uint64 { return uint64(t.Value.Shape().TotalSize()) * uint64(width(t)) }

// width returns the number of bytes of one of t's elements.
func width(t Tensor) int { return int(t.Value.Dtype().Size()) }

// digest returns the checksum, SHA-256 in hexadecimal: of each key and value of
// ours among the metadata, and of each tensor a line with name, precision and
// shape and then the elements, both in the order of names. It stays the same when
// another program writes the tensors in another order or adds metadata.
func digest(entries []Entry, metadata map[string]string, elements func(w io.Writer, i int) error) (string, error) {
	h := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(metadata)) {
		if strings.HasPrefix(key, ours) && key != checksumKey {
			fmt.Fprintf(h, "%q = %q\n", key, metadata[key])
		}
	}
	for _, i := range byName(entries) {
		e := entries[i]
		fmt.Fprintf(h, "%q %s %d\n", e.Name, e.Dtype, e.Shape)
		if err := elements(h, i); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// byName returns the places of the entries in the order of their names.
func byName(entries []Entry) []int {
	at := make([]int, len(entries))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(i, j int) int { return strings.Compare(entries[i].Name, entries[j].Name) })
	return at
}

// chunk is how many elements are encoded at a time: 32 or 64 KiB.
const chunk = 1 << 13

// encode writes v's elements to w.
func encode(w io.Writer, v *tensor.Dense) error {
	if v.Dtype() == tensor.Float64 {
		return encodeSlice(w, v.Float64s())
	}
	return encodeSlice(w, v.Float32s())
}

func encodeSlice[F dense.Float](w io.Writer, x []F) error {
	var buffer []byte
	for part := range slices.Chunk(x, chunk) {
		var err error
		if buffer, err = binary.Append(buffer[:0], binary.LittleEndian, part); err != nil {
			return err
		}
		if _, err = w.Write(buffer); err != nil {
			return err
		}
	}
	return nil
}

// decode fills v from the bytes of its elements.
func decode(v *tensor.Dense, data []byte) error {
	var elements any
	if v.Dtype() == tensor.Float64 {
		elements = v.Float64s()
	} else {
		elements = v.Float32s()
	}
	_, err := binary.Decode(data, binary.LittleEndian, elements)
	return err
}

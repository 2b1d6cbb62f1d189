package nn

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"gorgonia.org/tensor"

	"declive/autodiff"
)

// The safetensors format, https://github.com/huggingface/safetensors:
//
//	8 bytes   n, little-endian
//	n bytes   a JSON object, padded with spaces to a multiple of 8 bytes:
//	            "__metadata__": {text: text, …}, optional
//	            name: {"dtype": "F32", "shape": [2, 3], "data_offsets": [from, to]}, …
//	the rest  the tensors' elements, little-endian and row-major, at their offsets
//	          from the end of the header, without gap or overlap
//
// Writers place elements of 8 bytes before those of 4, so that all are aligned.

const (
	metadataKey = "__metadata__"
	checksumKey = "declive.sha256" // in the metadata: what digest returns
	maxHeader   = 100_000_000      // bytes; the limit of the reference implementation
)

// A record is one tensor of a file.
type record struct {
	name    string
	Dtype   string   `json:"dtype"`
	Shape   []uint64 `json:"shape"`
	Offsets []uint64 `json:"data_offsets"` // from, to
}

// digest returns the checksum, SHA-256 in hexadecimal: of each tensor, in the
// order of names, a line with name, precision and shape, and then the elements.
// It stays the same when another program writes the tensors in another order.
func digest(records []record, data []byte) string {
	h := sha256.New()
	for _, r := range byName(records) {
		fmt.Fprintf(h, "%q %s %d\n", r.name, r.Dtype, r.Shape)
		h.Write(data[r.Offsets[0]:r.Offsets[1]])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func byName(records []record) []record {
	return slices.SortedFunc(slices.Values(records), func(a, b record) int { return strings.Compare(a.name, b.name) })
}

// WriteParams writes parameters to w as [Save] writes them to a file. It is an
// error if two have the same name, or if [autodiff.Param.Check] fails for one.
func WriteParams(w io.Writer, params []*autodiff.Param) error {
	if w == nil {
		return errors.New("nn: WriteParams: the writer is nil")
	}
	records, data, err := encode(params)
	if err != nil {
		return err
	}
	head, err := header(records, digest(records, data))
	if err != nil {
		return err
	}
	for _, part := range [][]byte{binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head, data} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// encode lays out the parameters in a file's order.
func encode(params []*autodiff.Param) (records []record, data []byte, err error) {
	if err := check(params); err != nil {
		return nil, nil, err
	}
	params = slices.SortedFunc(slices.Values(params), func(a, b *autodiff.Param) int {
		return cmp.Or(-cmp.Compare(width(a), width(b)), strings.Compare(a.Name(), b.Name()))
	})
	for _, p := range params {
		r := describe(p)
		from := len(data)
		if data, err = binary.Append(data, binary.LittleEndian, elements(p)); err != nil {
			return nil, nil, err
		}
		r.Offsets = []uint64{uint64(from), uint64(len(data))}
		records = append(records, r)
	}
	return records, data, nil
}

// check refuses parameters that are not as they were made, and names that a file
// cannot hold.
func check(params []*autodiff.Param) error {
	seen := map[string]bool{}
	for i, p := range params {
		if err := p.Check(); err != nil {
			return fmt.Errorf("parameter %d: %w", i, err)
		}
		name := p.Name()
		if seen[name] {
			return fmt.Errorf("two parameters are named %q", name)
		}
		if name == metadataKey || !utf8.ValidString(name) {
			return fmt.Errorf("the format has no room for a parameter named %q", name)
		}
		seen[name] = true
	}
	return nil
}

// describe returns p's record without its offsets.
func describe(p *autodiff.Param) record {
	r := record{name: p.Name(), Dtype: "F32", Shape: []uint64{}}
	if p.Precision() == tensor.Float64 {
		r.Dtype = "F64"
	}
	for _, d := range p.Shape() {
		r.Shape = append(r.Shape, uint64(d))
	}
	return r
}

// elements returns p's memory, a []float32 or []float64.
func elements(p *autodiff.Param) any {
	if p.Precision() == tensor.Float64 {
		return p.Value().Float64s()
	}
	return p.Value().Float32s()
}

// width returns the number of bytes of one of p's elements.
func width(p *autodiff.Param) int { return int(p.Precision().Size()) }

// header returns the JSON object with its padding.
func header(records []record, checksum string) ([]byte, error) {
	out, err := json.Marshal(map[string]map[string]string{metadataKey: {checksumKey: checksum}})
	if err != nil {
		return nil, err
	}
	out = out[:len(out)-1] // the closing brace
	for _, r := range records {
		name, err := json.Marshal(r.name)
		if err != nil {
			return nil, err
		}
		entry, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		out = append(out, ',')
		out = append(append(append(out, name...), ':'), entry...)
	}
	out = append(out, '}')
	for len(out)%8 != 0 {
		out = append(out, ' ')
	}
	return out, nil
}

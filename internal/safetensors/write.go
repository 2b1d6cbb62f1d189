package safetensors

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"declive/internal/dense"
)

// Write writes tensors, and metadata if there is any, to w: the same bytes each
// time. The checksum covers the keys that begin with "declive.". It is an error if
// two tensors have the same name, if a name has no room in a file, or if a value
// is no contiguous row-major tensor of float32 or float64.
func Write(w io.Writer, tensors []Tensor, metadata map[string]string) error {
	if err := check(tensors); err != nil {
		return err
	}
	tensors = placed(tensors)
	entries := layOut(tensors)
	elements := func(w io.Writer, i int) error { return encode(w, tensors[i].Value) }
	metadata, err := summed(entries, metadata, elements)
	if err != nil {
		return err
	}
	head, err := header(entries, metadata)
	if err != nil {
		return err
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(head)))); err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for i := range tensors {
		if err := elements(w, i); err != nil {
			return err
		}
	}
	return nil
}

// check refuses values that cannot be read as they lie, and names that a file
// cannot hold.
func check(tensors []Tensor) error {
	seen := map[string]bool{}
	for _, t := range tensors {
		if reason := dense.Numbers(t.Value); reason != "" {
			return fmt.Errorf("tensor %q: %s", t.Name, reason)
		}
		if seen[t.Name] {
			return fmt.Errorf("two tensors are named %q", t.Name)
		}
		if t.Name == metadataKey || !utf8.ValidString(t.Name) {
			return fmt.Errorf("the format has no room for a tensor named %q", t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

// placed returns the tensors in a file's order: elements of 8 bytes before those
// of 4, so that all are aligned, and then by name.
func placed(tensors []Tensor) []Tensor {
	return slices.SortedFunc(slices.Values(tensors), func(a, b Tensor) int {
		return cmp.Or(-cmp.Compare(width(a), width(b)), strings.Compare(a.Name, b.Name))
	})
}

// layOut places the tensors one behind the other.
func layOut(tensors []Tensor) []Entry {
	entries, from := make([]Entry, len(tensors)), uint64(0)
	for i, t := range tensors {
		entries[i] = describe(t)
		entries[i].Offsets = []uint64{from, from + size(t)}
		from += size(t)
	}
	return entries
}

// summed returns a copy of the metadata with the checksum.
func summed(entries []Entry, metadata map[string]string, elements func(w io.Writer, i int) error) (map[string]string, error) {
	for key, value := range metadata {
		if key == checksumKey || !utf8.ValidString(key) || !utf8.ValidString(value) {
			return nil, fmt.Errorf("the format has no room for metadata %q: %q", key, value)
		}
	}
	sum, err := digest(entries, metadata, elements)
	if err != nil {
		return nil, err
	}
	all := map[string]string{checksumKey: sum}
	maps.Copy(all, metadata)
	return all, nil
}

// header returns the JSON object with its padding.
func header(entries []Entry, metadata map[string]string) ([]byte, error) {
	out, err := json.Marshal(map[string]map[string]string{metadataKey: metadata})
	if err != nil {
		return nil, err
	}
	out = out[:len(out)-1] // the closing brace
	for _, e := range entries {
		name, err := json.Marshal(e.Name)
		if err != nil {
			return nil, err
		}
		entry, err := json.Marshal(e)
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

package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// A File is one whose header has been read.
type File struct {
	Entries  []Entry           // in the header's order
	Metadata map[string]string // without our checksum

	checksum string // "" if there is none
	rest     io.Reader
}

// Summed reports whether the file has a checksum, which Read verifies.
func (f *File) Summed() bool { return f.checksum != "" }

// Open reads a header from r, which is then before the elements. It takes no more
// memory than the header has bytes, whatever it promises.
func Open(r io.Reader) (*File, error) {
	var length [8]byte // or, of another file, the first 8 bytes
	k, err := io.ReadFull(r, length[:])
	if err != nil {
		return nil, recognised(length[:k], fmt.Errorf("length of the header: %w", truncated(err, k, 8)))
	}
	head, err := readHeader(r, binary.LittleEndian.Uint64(length[:]))
	if err != nil {
		return nil, recognised(length[:], err)
	}
	f := &File{rest: r}
	if err := f.parseHeader(head); err != nil {
		return nil, recognised(length[:], err)
	}
	return f, nil
}

// readHeader reads the n bytes of the header.
func readHeader(r io.Reader, n uint64) ([]byte, error) {
	if n > maxHeader {
		return nil, fmt.Errorf("length of the header: %d bytes, more than the format allows", n)
	}
	head, err := io.ReadAll(io.LimitReader(r, int64(n))) // grows with what arrives, not with what n promises
	if err == nil && len(head) < int(n) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("header: %w", truncated(err, len(head), int(n)))
	}
	return head, nil
}

// truncated says how much there was where a read found the end.
func truncated(err error, got, want int) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("the file is truncated, %d of %d bytes", got, want)
	}
	return err
}

func (f *File) parseHeader(head []byte) error {
	if !utf8.Valid(head) || !bytes.HasPrefix(head, []byte("{")) {
		return errors.New("header: no JSON object; this is no safetensors file")
	}
	d := json.NewDecoder(bytes.NewReader(head))
	d.DisallowUnknownFields()
	err := f.parse(d)
	if err == nil && len(bytes.Trim(head[d.InputOffset():], " ")) > 0 {
		err = errors.New("more than spaces after the object")
	}
	if err != nil {
		return fmt.Errorf("header at byte %d: %w", 8+d.InputOffset(), err)
	}
	return nil
}

func (f *File) parse(d *json.Decoder) error {
	if _, err := d.Token(); err != nil { // the opening brace
		return err
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := nextName(d, seen)
		if err != nil {
			return err
		}
		if err := f.add(name, d); err != nil {
			return err
		}
	}
	_, err := d.Token() // the closing brace
	return err
}

// add parses the value that stands under name.
func (f *File) add(name string, d *json.Decoder) error {
	if name == metadataKey {
		if err := d.Decode(&f.Metadata); err != nil {
			return err
		}
		f.checksum = f.Metadata[checksumKey]
		delete(f.Metadata, checksumKey)
		return nil
	}
	e := Entry{Name: name}
	if err := d.Decode(&e); err != nil {
		return err
	}
	if len(e.Offsets) != 2 || e.Offsets[0] > e.Offsets[1] || e.Shape == nil {
		return fmt.Errorf("%q has shape %v and offsets %v", name, e.Shape, e.Offsets)
	}
	f.Entries = append(f.Entries, e)
	return nil
}

// nextName returns the next key of the object, which must not be among seen.
func nextName(d *json.Decoder, seen map[string]bool) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", err
	}
	name, ok := t.(string)
	if !ok || seen[name] {
		return "", fmt.Errorf("%v is no name or stands there twice", t)
	}
	seen[name] = true
	return name, nil
}

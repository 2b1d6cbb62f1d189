package nn

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"declive/autodiff"
)

// ReadParams reads parameters from r, to its end, as [Load] reads them from a
// file.
func ReadParams(r io.Reader, params []*autodiff.Param) error {
	if r == nil {
		return errors.New("nn: ReadParams: the reader is nil")
	}
	if err := check(params); err != nil {
		return err
	}
	head, err := readHeader(r)
	if err != nil {
		return err
	}
	file, err := parseHeader(head)
	if err != nil {
		return err
	}
	if err := match(file.records, params); err != nil {
		return err
	}
	data, err := readData(r, file.records)
	if err != nil {
		return err
	}
	if got := digest(file.records, data); file.checksum != "" && got != file.checksum {
		return fmt.Errorf("the file is altered: its checksum is %s and should be %s", got, file.checksum)
	}
	return decode(file.records, data, params)
}

func readHeader(r io.Reader) ([]byte, error) {
	var length [8]byte
	if k, err := io.ReadFull(r, length[:]); err != nil {
		return nil, fmt.Errorf("length of the header: %w", truncated(err, k, 8))
	}
	n := binary.LittleEndian.Uint64(length[:])
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

// contents is what a header says.
type contents struct {
	records  []record
	checksum string // "" if there is none
}

func parseHeader(head []byte) (contents, error) {
	var c contents
	if !utf8.Valid(head) || !bytes.HasPrefix(head, []byte("{")) {
		return c, errors.New("header: no JSON object; this is no safetensors file")
	}
	d := json.NewDecoder(bytes.NewReader(head))
	d.DisallowUnknownFields()
	err := c.parse(d)
	if err == nil && len(bytes.Trim(head[d.InputOffset():], " ")) > 0 {
		err = errors.New("more than spaces after the object")
	}
	if err != nil {
		return c, fmt.Errorf("header at byte %d: %w", 8+d.InputOffset(), err)
	}
	return c, nil
}

func (c *contents) parse(d *json.Decoder) error {
	if _, err := d.Token(); err != nil { // the opening brace
		return err
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := nextName(d, seen)
		if err != nil {
			return err
		}
		if err := c.add(name, d); err != nil {
			return err
		}
	}
	_, err := d.Token() // the closing brace
	return err
}

// add parses the value that stands under name.
func (c *contents) add(name string, d *json.Decoder) error {
	if name == metadataKey {
		var metadata map[string]string
		err := d.Decode(&metadata)
		c.checksum = metadata[checksumKey]
		return err
	}
	r := record{name: name}
	if err := d.Decode(&r); err != nil {
		return err
	}
	if len(r.Offsets) != 2 || r.Offsets[0] > r.Offsets[1] || r.Shape == nil {
		return fmt.Errorf("%q has shape %v and offsets %v", name, r.Shape, r.Offsets)
	}
	c.records = append(c.records, r)
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

// match compares the records with the parameters they should be.
func match(records []record, params []*autodiff.Param) error {
	wanted := map[string]*autodiff.Param{}
	for _, p := range params {
		wanted[p.Name()] = p
	}
	for _, r := range records {
		p, ok := wanted[r.name]
		if !ok {
			return fmt.Errorf("the file has a parameter %q, which the model has not", r.name)
		}
		delete(wanted, r.name)
		if err := r.fits(p); err != nil {
			return err
		}
	}
	for _, p := range params {
		if wanted[p.Name()] != nil {
			return fmt.Errorf("the file has no parameter %q", p.Name())
		}
	}
	return nil
}

func (r record) fits(p *autodiff.Param) error {
	want := describe(p)
	if r.Dtype != want.Dtype || !slices.Equal(r.Shape, want.Shape) {
		return fmt.Errorf("parameter %q is %s %v in the file, want %s %v", r.name, r.Dtype, r.Shape, want.Dtype, want.Shape)
	}
	if bytes := uint64(p.Shape().Size() * width(p)); r.Offsets[1]-r.Offsets[0] != bytes {
		return fmt.Errorf("parameter %q lies at %d in the file, but has %d bytes", r.name, r.Offsets, bytes)
	}
	return nil
}

// readData reads the elements, which the records must cover without gap or
// overlap, to the end of the file.
func readData(r io.Reader, records []record) ([]byte, error) {
	inOrder := slices.SortedFunc(slices.Values(records), func(a, b record) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]))
	})
	size := uint64(0)
	for _, x := range inOrder {
		if x.Offsets[0] != size {
			return nil, fmt.Errorf("parameter %q lies at %d in the file, want it to start at %d", x.name, x.Offsets, size)
		}
		size = x.Offsets[1]
	}
	data := make([]byte, size)
	if k, err := io.ReadFull(r, data); err != nil {
		return nil, fmt.Errorf("elements: %w", truncated(err, k, len(data)))
	}
	if k, err := io.ReadFull(r, make([]byte, 1)); k > 0 {
		return nil, errors.New("the file goes on after its last parameter")
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data, nil
}

// decode fills the parameters from data that has passed every check.
func decode(records []record, data []byte, params []*autodiff.Param) error {
	at := map[string][]uint64{}
	for _, r := range records {
		at[r.name] = r.Offsets
	}
	for _, p := range params {
		from, to := at[p.Name()][0], at[p.Name()][1]
		if _, err := binary.Decode(data[from:to], binary.LittleEndian, elements(p)); err != nil {
			return fmt.Errorf("parameter %q: %w", p.Name(), err)
		}
	}
	return nil
}

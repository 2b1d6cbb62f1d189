package safetensors

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// Read reads the elements, to the end of the file, into tensors that have the
// names, precisions and shapes of the entries, each of them once. It verifies
// everything, with the checksum if the file has one, before it changes the first
// tensor. It can be called once.
func (f *File) Read(tensors []Tensor) error {
	if err := check(tensors); err != nil {
		return err
	}
	into, err := f.match(tensors)
	if err != nil {
		return err
	}
	data, err := f.readData()
	if err != nil {
		return err
	}
	if err := f.verify(data); err != nil {
		return err
	}
	for i, e := range f.Entries {
		if err := decode(into[i].Value, data[e.Offsets[0]:e.Offsets[1]]); err != nil {
			return fmt.Errorf("tensor %q: %w", e.Name, err)
		}
	}
	return nil
}

// match returns the tensor for each entry.
func (f *File) match(tensors []Tensor) ([]Tensor, error) {
	wanted := map[string]Tensor{}
	for _, t := range tensors {
		wanted[t.Name] = t
	}
	into := make([]Tensor, len(f.Entries))
	for i, e := range f.Entries {
		t, ok := wanted[e.Name]
		if !ok {
			return nil, fmt.Errorf("the file has a tensor %q, which is not among those to be read", e.Name)
		}
		delete(wanted, e.Name)
		if err := e.fits(t); err != nil {
			return nil, err
		}
		into[i] = t
	}
	for _, t := range tensors {
		if _, missing := wanted[t.Name]; missing {
			return nil, fmt.Errorf("the file has no tensor %q", t.Name)
		}
	}
	return into, nil
}

func (e Entry) fits(t Tensor) error {
	want := describe(t)
	if e.Dtype != want.Dtype || !slices.Equal(e.Shape, want.Shape) {
		return fmt.Errorf("tensor %q is %s %v in the file, want %s %v", e.Name, e.Dtype, e.Shape, want.Dtype, want.Shape)
	}
	if bytes := size(t); e.Offsets[1]-e.Offsets[0] != bytes {
		return fmt.Errorf("tensor %q lies at %d in the file, but has %d bytes", e.Name, e.Offsets, bytes)
	}
	return nil
}

// readData reads the elements, which the entries must cover without gap or
// overlap, to the end of the file.
func (f *File) readData() ([]byte, error) {
	inOrder := slices.SortedFunc(slices.Values(f.Entries), func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Offsets[0], b.Offsets[0]), cmp.Compare(a.Offsets[1], b.Offsets[1]))
	})
	end := uint64(0)
	for _, e := range inOrder {
		if e.Offsets[0] != end {
			return nil, fmt.Errorf("tensor %q lies at %d in the file, want it to start at %d", e.Name, e.Offsets, end)
		}
		end = e.Offsets[1]
	}
	data, err := readUpTo(f.rest, end)
	if err != nil {
		return nil, fmt.Errorf("elements: %w", err)
	}
	if k, err := io.ReadFull(f.rest, make([]byte, 1)); k > 0 {
		return nil, errors.New("the file goes on after its last tensor")
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return data, nil
}

// atOnce is how many bytes are made room for on the word of a header alone.
const atOnce = 1 << 26

// readUpTo reads n bytes. It takes no more memory than twice those that arrive.
func readUpTo(r io.Reader, n uint64) ([]byte, error) {
	if n > math.MaxInt {
		return nil, fmt.Errorf("%d bytes are more than memory can have", n)
	}
	data := make([]byte, 0, min(n, atOnce))
	for uint64(len(data)) < n {
		data = slices.Grow(data, 1)
		from := len(data)
		data = data[:min(uint64(cap(data)), n)]
		if k, err := io.ReadFull(r, data[from:]); err != nil {
			return nil, truncated(err, from+k, int(n))
		}
	}
	return data, nil
}

// verify compares the data with the checksum.
func (f *File) verify(data []byte) error {
	if f.checksum == "" {
		return nil
	}
	sum, err := digest(f.Entries, f.Metadata, func(w io.Writer, i int) error {
		_, err := w.Write(data[f.Entries[i].Offsets[0]:f.Entries[i].Offsets[1]])
		return err
	})
	if err == nil && sum != f.checksum {
		err = fmt.Errorf("the file is altered: its checksum is %s and should be %s", sum, f.checksum)
	}
	return err
}

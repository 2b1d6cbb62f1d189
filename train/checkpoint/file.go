package checkpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"declive/autodiff"
	"declive/internal/atomicfile"
	"declive/internal/safetensors"
	"declive/optim"
)

// stateKey is the key of the metadata that holds a state but for its values.
const stateKey = "declive.state"

// Write writes a state to a file, which appears complete or not at all and replaces
// one that is there.
func Write(path string, s *optim.State) error {
	if s == nil {
		return errors.New("checkpoint: Write: the state is nil")
	}
	text, err := json.Marshal(fromState(s))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	var tensors []safetensors.Tensor
	for _, v := range s.Values {
		tensors = append(tensors, safetensors.Tensor{Name: v.Name, Value: v.Value})
	}
	err = atomicfile.Replace(path, func(w io.Writer) error {
		return safetensors.Write(w, tensors, map[string]string{stateKey: string(text)})
	})
	if err != nil {
		return fmt.Errorf("checkpoint: write %q: %w", path, err)
	}
	return nil
}

// Read reads a state that [Write] wrote.
func Read(path string) (*optim.State, error) {
	s, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: read %q: %w", path, err)
	}
	return s, nil
}

func read(path string) (*optim.State, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := safetensors.Open(file)
	if err != nil {
		return nil, err
	}
	text, ok := f.Metadata[stateKey]
	switch {
	case !ok:
		return nil, errors.New("the file holds weights but no state of a training")
	case !f.Summed():
		return nil, errors.New("the file has no checksum, which Write gives it")
	}
	for _, e := range f.Entries {
		if e.Dtype != "F32" && e.Dtype != "F64" {
			return nil, fmt.Errorf("tensor %q is %s, want F32 or F64", e.Name, e.Dtype)
		}
	}
	tensors, err := f.All(func(string) bool { return false })
	if err != nil {
		return nil, err
	}
	return parse(text, tensors)
}

// parse returns the state of a text, with values.
func parse(text string, tensors []safetensors.Tensor) (*optim.State, error) {
	var h header
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&h); err != nil {
		return nil, fmt.Errorf("state: %w", err)
	}
	if h.Version != version {
		return nil, fmt.Errorf("the state has version %d, want %d", h.Version, version)
	}
	s := h.state()
	for _, t := range tensors {
		s.Values = append(s.Values, autodiff.Named{Name: t.Name, Value: t.Value})
	}
	return s, nil
}

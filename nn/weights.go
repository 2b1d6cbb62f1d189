package nn

import (
	"errors"
	"fmt"
	"io"
	"os"

	"declive/autodiff"
	"declive/internal/atomicfile"
	"declive/internal/safetensors"
)

// Save writes parameters to a file in the safetensors format, under their
// names. The file appears complete or not at all: it is written under a temporary name
// in the same folder, synced to disk and renamed, replacing a file that is there.
// A temporary file that a killed process has left, the next Save into the folder
// removes.
//
// Other programs read such files too, among them the Python library safetensors.
// The file also holds a checksum, which [Load] verifies.
func Save(path string, params []*autodiff.Param) error {
	if err := atomicfile.Replace(path, func(w io.Writer) error { return write(w, params) }); err != nil {
		return fmt.Errorf("nn: save %q: %w", path, err)
	}
	return nil
}

// Load reads parameters from a safetensors file that [Save] or another program
// wrote. The file must hold exactly the given parameters, each with its shape
// and precision; their tensors keep their memory. A file with a parameter more
// or less, a truncated file, one that breaks a rule of the format or whose
// checksum is wrong is an error, and then no parameter is changed. A file
// without checksum, which other programs write, is accepted.
func Load(path string, params []*autodiff.Param) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("nn: load: %w", err)
	}
	defer f.Close()
	if err := read(f, params); err != nil {
		return fmt.Errorf("nn: load %s: %w", path, err)
	}
	return nil
}

// WriteParams writes parameters to w as [Save] writes them to a file. It is an
// error if two have the same name, or if [autodiff.Param.Check] fails for one.
func WriteParams(w io.Writer, params []*autodiff.Param) error {
	if w == nil {
		return errors.New("nn: WriteParams: the writer is nil")
	}
	if err := write(w, params); err != nil {
		return fmt.Errorf("nn: WriteParams: %w", err)
	}
	return nil
}

// ReadParams reads parameters from r, to its end, as [Load] reads them from a
// file.
func ReadParams(r io.Reader, params []*autodiff.Param) error {
	if r == nil {
		return errors.New("nn: ReadParams: the reader is nil")
	}
	if err := read(r, params); err != nil {
		return fmt.Errorf("nn: ReadParams: %w", err)
	}
	return nil
}

func write(w io.Writer, params []*autodiff.Param) error {
	tensors, err := named(params)
	if err != nil {
		return err
	}
	return safetensors.Write(w, tensors, nil)
}

func read(r io.Reader, params []*autodiff.Param) error {
	tensors, err := named(params)
	if err != nil {
		return err
	}
	f, err := safetensors.Open(r)
	if err != nil {
		return err
	}
	return f.Read(tensors)
}

// named returns the parameters' tensors with their names.
func named(params []*autodiff.Param) ([]safetensors.Tensor, error) {
	tensors := make([]safetensors.Tensor, len(params))
	for i, p := range params {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("parameter %d: %w", i, err)
		}
		tensors[i] = safetensors.Tensor{Name: p.Name(), Value: p.Value()}
	}
	return tensors, nil
}

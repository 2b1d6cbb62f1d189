package nn

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"declive/autodiff"
)

// Save writes parameters to a file in the safetensors format, under their
// names. The file appears complete or not at all: it is written under a temporary name
// in the same folder, synced to disk and renamed, replacing a file that is there.
//
// Other programs read such files too, among them the Python library safetensors.
// The file also holds a checksum, which [Load] verifies.
func Save(path string, params []*autodiff.Param) error {
	if err := replace(path, func(w io.Writer) error { return WriteParams(w, params) }); err != nil {
		return fmt.Errorf("nn: save %s: %w", path, err)
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
	if err := ReadParams(f, params); err != nil {
		return fmt.Errorf("nn: load %s: %w", path, err)
	}
	return nil
}

// replace writes a file through a temporary one beside it.
func replace(path string, write func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil { // CreateTemp's files are its owner's alone
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

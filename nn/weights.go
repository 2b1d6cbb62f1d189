package nn

import (
	"fmt"
	"io"
	"os"

	"declive/autodiff"
	"declive/internal/atomicfile"
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
	if err := atomicfile.Replace(path, func(w io.Writer) error { return WriteParams(w, params) }); err != nil {
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
	if err := ReadParams(f, params); err != nil {
		return fmt.Errorf("nn: load %s: %w", path, err)
	}
	return nil
}

package atomicfile

import (
	"fmt"
	"os"
	"path/filepath"
)

// form of the names of temporary files. Nothing else is ever removed, and no
// user has reason to give a file such a name.
const form = ".declive-%016x.tmp"

// temporary reports whether a name has the form, to the letter.
func temporary(name string) bool {
	var id uint64
	_, err := fmt.Sscanf(name, form, &id)
	return err == nil && name == fmt.Sprintf(form, id)
}

// sweep removes what is abandoned in dir, so far as it can: it is no reason for
// an error if a file stays.
func sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.Type().IsRegular() && temporary(e.Name()) {
			remove(filepath.Join(dir, e.Name()))
		}
	}
}

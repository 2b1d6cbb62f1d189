// Package find opens files that have several names.
package find

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
)

// Open opens the first of the named files that is there, each as it is or with .gz,
// and returns what it opened. The error, if none is there, wraps fs.ErrNotExist and
// has the first name.
func Open(fsys fs.FS, names ...string) (fs.File, string, error) {
	if fsys == nil {
		return nil, names[0], fmt.Errorf("open %s: the file system is nil; use os.DirFS", names[0])
	}
	var missing error
	for _, name := range names {
		for _, name := range []string{name, name + ".gz"} {
			f, err := fsys.Open(name)
			switch {
			case err == nil:
				return f, name, nil
			case !errors.Is(err, fs.ErrNotExist):
				return nil, name, err
			case missing == nil:
				missing = err
			}
		}
	}
	return nil, names[0], missing
}

// OpenIn is Open for files in several folders: the first folder that has one of
// them counts.
func OpenIn(fsys fs.FS, folders, names []string) (fs.File, string, error) {
	var all []string
	for _, folder := range folders {
		for _, name := range names {
			all = append(all, path.Join(folder, name))
		}
	}
	return Open(fsys, all...)
}

// Package atomicfile writes files that appear complete or not at all, whatever
// ends the process, and clears away what killed processes have left.
//
// [Replace] is what most callers need. [Create] is for those that read the
// temporary file again or decide late under which name it stays.
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Replace writes a file through a temporary one in the same folder, which is
// synced to disk and renamed. A file that is there is replaced; if that is a
// link, the link is. It is an error if path leads to anything but a regular file,
// and after an error what was there is untouched.
func Replace(path string, write func(w io.Writer) error) error {
	if path == "" {
		return errors.New("the path is empty, want that of a file")
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file but %s; name a file", path, kind(info.Mode()))
	}
	f, err := Create(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer f.Discard()
	if err := write(f); err != nil {
		return err
	}
	return f.Commit(path)
}

func kind(m fs.FileMode) string {
	if m.IsDir() {
		return "a folder"
	}
	return "a device, pipe or socket"
}

// A File is a temporary file that no [Create] of any process clears away while
// it is open.
type File struct{ *os.File }

// Create removes the temporary files in dir that no process writes any more, and
// makes a new one.
func Create(dir string) (*File, error) {
	sweep(dir)
	for {
		name := filepath.Join(dir, fmt.Sprintf(form, rand.Uint64()))
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		switch {
		case errors.Is(err, fs.ErrExist):
		case err != nil:
			return nil, fmt.Errorf("no file can be made in %s: %w", dir, cause(err))
		case claim(f):
			return &File{f}, nil
		default: // another process has taken it for abandoned
			(&File{f}).Discard()
		}
	}
}

// cause takes the operation and the temporary name from an error.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Commit syncs the file to disk and gives it the name path, in the same folder.
func (f *File) Commit(path string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	return rename(f.File, path)
}

// Discard closes the file and removes it, unless Commit has renamed it.
func (f *File) Discard() {
	f.Close()           // for the second time after Commit,
	os.Remove(f.Name()) // and there is nothing to remove then
}

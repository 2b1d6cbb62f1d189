package find

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"

	"declive/datasets/internal/unpack"
)

// maxMember bounds the size of a file in an archive, in bytes.
const maxMember = 1 << 28

// Archive returns the files of the given names in a packed tar archive, whatever
// folder of it they lie in, as the root of a file system in memory. The error wraps
// fs.ErrNotExist if there is no such archive.
func Archive(fsys fs.FS, name string, want []string) (fs.FS, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, _, err := unpack.New(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	files := memory{}
	for archive := tar.NewReader(content); len(files) < len(want); {
		header, err := archive.Next()
		if err == io.EOF {
			break // what is missing is missed when it is opened
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		base := path.Base(header.Name)
		if header.Typeflag != tar.TypeReg || !slices.Contains(want, base) {
			continue
		}
		if header.Size > maxMember {
			return nil, fmt.Errorf("%s: %s has %d bytes, want at most %d", name, header.Name, header.Size, maxMember)
		}
		if files[base], err = io.ReadAll(archive); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return files, nil
}

// memory is a file system of one folder.
type memory map[string][]byte

func (m memory) Open(name string) (fs.File, error) {
	content, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return file{bytes.NewReader(content), info{name, int64(len(content))}}, nil
}

type file struct {
	*bytes.Reader
	info info
}

func (f file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f file) Close() error               { return nil }

// info says of a file in memory what there is to say.
type info struct {
	name string
	size int64
}

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return i.size }
func (info) Mode() fs.FileMode  { return 0o444 }
func (info) ModTime() time.Time { return time.Time{} }
func (info) IsDir() bool        { return false }
func (info) Sys() any           { return nil }

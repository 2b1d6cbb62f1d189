// Package unpack reads what is in a packed file, which it knows by its first
// bytes and not by its name: gzip, bzip2, zstd, or zip with one file.
package unpack

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxZip bounds a zip file that comes through a pipe, in bytes: its directory
	// stands at its end, so it has to be in memory.
	maxZip = 1 << 30
	// maxWindow bounds the memory that a zstd file may ask for, in bytes.
	maxWindow = 1 << 27
)

// New returns what is packed in r, or r itself, buffered, if it is not packed. Zip
// files with several files are not unpacked: the error names them.
func New(r io.Reader) (content *bufio.Reader, packed bool, err error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(10)
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	var unpacked io.Reader
	switch {
	case has(head, "\x1f\x8b"):
		unpacked, err = gzip.NewReader(b)
	case has(head, "BZh") && len(head) == 10 && string(head[4:]) == "\x31\x41\x59\x26\x53\x59":
		unpacked, err = bzip2.NewReader(b), nil
	case has(head, "\x28\xb5\x2f\xfd"):
		unpacked, err = zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	case has(head, "PK\x03\x04"):
		unpacked, err = only(r, b)
	default:
		return b, false, nil
	}
	if err != nil {
		return nil, true, err
	}
	return bufio.NewReaderSize(unpacked, 1<<16), true, nil
}

func has(head []byte, magic string) bool { return bytes.HasPrefix(head, []byte(magic)) }

// only returns the only file in a zip file, of which b has read the beginning.
func only(r io.Reader, b *bufio.Reader) (io.Reader, error) {
	files, size, err := random(r, b)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(files, size)
	if err != nil {
		return nil, err
	}
	var found []*zip.File
	var names []string
	for _, f := range z.File {
		if f.FileInfo().Mode().IsRegular() && !strings.HasPrefix(f.Name, "__MACOSX/") {
			found, names = append(found, f), append(names, path.Base(f.Name))
		}
	}
	if len(found) != 1 {
		return nil, several(names)
	}
	return found[0].Open()
}

// several says what is in a zip file that has not just one file.
func several(names []string) error {
	switch n := len(names); {
	case n == 0:
		return errors.New("a zip file without files")
	case strings.HasSuffix(names[0], ".npy"):
		return errors.New("an npz file, of NumPy's arrays; save it as text, with numpy.savetxt")
	case n > 3 && names[0] == "[Content_Types].xml":
		return errors.New("a workbook of Excel; save the sheet as CSV")
	case n > 3:
		return fmt.Errorf("a zip file with %d files, %q, %q, %q and others; unpack the one that you mean", n, names[0], names[1], names[2])
	}
	return fmt.Errorf("a zip file with the files %q; unpack the one that you mean", names)
}

// random returns a zip file for access at any place, and its size.
func random(r io.Reader, b *bufio.Reader) (io.ReaderAt, int64, error) {
	if file, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		at, err := file.Seek(0, io.SeekCurrent)
		if at -= int64(b.Buffered()); err == nil && at == 0 {
			size, err := file.Seek(0, io.SeekEnd)
			return file, size, err
		}
	}
	all, err := io.ReadAll(io.LimitReader(b, maxZip+1))
	if len(all) > maxZip {
		return nil, 0, fmt.Errorf("a zip file of more than %d bytes through a pipe; unpack it first", maxZip)
	}
	return bytes.NewReader(all), int64(len(all)), err
}

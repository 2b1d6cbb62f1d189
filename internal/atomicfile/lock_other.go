//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package atomicfile

import (
	"os"
	"time"
)

// Without locks in the standard library, a temporary file is abandoned if nobody
// has written to it for so long. Windows moreover refuses to remove an open one.
const abandoned = time.Hour

func claim(*os.File) bool { return true }

// remove removes an abandoned file.
func remove(name string) {
	if info, err := os.Lstat(name); err == nil && time.Since(info.ModTime()) > abandoned {
		os.Remove(name)
	}
}

// rename closes the file first, as Windows demands.
func rename(f *os.File, path string) error {
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

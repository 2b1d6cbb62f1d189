//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package atomicfile

import (
	"os"
	"syscall"
)

// A temporary file is locked as long as its process lives: the system unlocks it
// at the process's end, whatever that is. So an unlocked one is abandoned.

// lock locks f, or returns EWOULDBLOCK if another process or another File has it
// locked. Any other error says that this file system has no locks.
func lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != syscall.EINTR {
			return err
		}
	}
}

// claim locks a new file. It reports false if a sweep has been quicker, between
// the making and the locking, and removes it or has removed it.
func claim(f *os.File) bool {
	if lock(f) == syscall.EWOULDBLOCK {
		return false
	}
	_, err := os.Lstat(f.Name())
	return err == nil
}

// remove removes an abandoned file.
func remove(name string) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close() // after the removal: until then nobody can claim it
	if lock(f) == nil {
		os.Remove(name)
	}
}

// rename keeps the lock until the file has its name.
func rename(f *os.File, path string) error {
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return f.Close()
}

package atomicfile

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writerVariable makes the test binary a process that replaces the file of its
// value: it stops half way until its input ends.
const writerVariable = "ATOMICFILE_WRITER"

func TestMain(m *testing.M) {
	path := os.Getenv(writerVariable)
	if path == "" {
		os.Exit(m.Run())
	}
	err := Replace(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "of a "); err != nil {
			return err
		}
		fmt.Println("half")
		if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
			return err
		}
		_, err := io.WriteString(w, "process")
		return err
	})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// A writer is such a process, which has come half way.
type writer struct {
	*exec.Cmd
	input io.Closer
}

func start(t *testing.T, path string) writer {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("there are no processes here")
	}
	binary, err := os.Executable()
	require.NoError(t, err)
	w := writer{Cmd: exec.Command(binary)}
	w.Env = append(os.Environ(), writerVariable+"="+path)
	w.input, err = w.StdinPipe()
	require.NoError(t, err)
	out, err := w.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, w.Start())
	t.Cleanup(func() { w.Process.Kill(); w.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "half\n", line)
	return w
}

func temporaries(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, ".declive-*.tmp"))
	require.NoError(t, err)
	return names
}

// What killed processes leave is gone after the next file of any name.
func TestKilledWriter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	require.NoError(t, Replace(path, text("old")))
	for range 2 {
		first, second := start(t, path), start(t, filepath.Join(dir, "b"))
		for _, w := range []writer{first, second} {
			require.NoError(t, w.Process.Kill())
			require.Error(t, w.Wait())
		}
		left := temporaries(t, dir)
		require.Len(t, left, 2)
		for _, name := range left {
			age(t, name)
		}
		require.NoError(t, Replace(filepath.Join(dir, "c"), text("new")))
		assertFiles(t, dir, map[string]string{"a": "old", "c": "new"})
	}
}

// age makes a file look old where its age decides.
func age(t *testing.T, name string) {
	t.Helper()
	switch runtime.GOOS {
	case "darwin", "dragonfly", "freebsd", "linux", "netbsd", "openbsd":
		return
	}
	long := time.Now().Add(-24 * time.Hour)
	require.NoError(t, os.Chtimes(name, long, long))
}

// A process that is still writing is not disturbed by the files of others.
func TestLivingWriter(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for range 2 {
		w := start(t, path)
		for range 3 {
			require.NoError(t, Replace(path, text("here")))
		}
		assert.Len(t, temporaries(t, dir), 1)
		require.NoError(t, w.input.Close())
		require.NoError(t, w.Wait())
		assertFiles(t, dir, map[string]string{"a": "of a process"})
	}
}

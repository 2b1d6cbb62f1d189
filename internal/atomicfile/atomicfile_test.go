package atomicfile

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// text writes s in two pieces.
func text(s string) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s[:len(s)/2])
		if err == nil {
			_, err = io.WriteString(w, s[len(s)/2:])
		}
		return err
	}
}

// assertFiles proves which files a folder has, by name and content.
func assertFiles(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	got := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		got[e.Name()] = string(content)
	}
	assert.Equal(t, want, got)
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	for _, content := range []string{"first", "second, longer", "", "3"} {
		require.NoError(t, Replace(filepath.Join(dir, "a"), text(content)))
		assertFiles(t, dir, map[string]string{"a": content})
	}
	t.Chdir(dir)
	require.NoError(t, Replace("b", text("here")))
	assertFiles(t, dir, map[string]string{"a": "3", "b": "here"})
}

// After an error the old file is there, and nothing else.
func TestFailedReplace(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	require.NoError(t, Replace(path, text("old")))
	broken := errors.New("broken")
	for range 2 {
		assert.ErrorIs(t, Replace(path, func(w io.Writer) error { return errors.Join(text("new")(w), broken) }), broken)
		assertFiles(t, dir, map[string]string{"a": "old"})
	}
	assert.PanicsWithValue(t, "broken", func() { Replace(path, func(io.Writer) error { panic("broken") }) })
	assertFiles(t, dir, map[string]string{"a": "old"})
}

func TestPathsThatNameNoFile(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		assert.EqualError(t, Replace("", text("x")), "the path is empty, want that of a file")
		assert.EqualError(t, Replace(dir, text("x")), dir+" is no regular file but a folder; name a file")
		assert.EqualError(t, Replace(os.DevNull, text("x")), os.DevNull+" is no regular file but a device, pipe or socket; name a file")
		none := filepath.Join(dir, "none")
		err := Replace(filepath.Join(none, "a"), text("x"))
		assert.ErrorIs(t, err, os.ErrNotExist)
		assert.ErrorContains(t, err, "no file can be made in "+none+": ")
	}
	assertFiles(t, dir, map[string]string{})
}

// What only looks like a temporary file is the user's.
func TestForeignFilesStay(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{}
	for _, name := range []string{
		"a.tmp", ".declive-.tmp", ".declive-1.tmp", ".declive-00000000000000AB.tmp", ".declive-00000000000000ab.tmp.old",
		"x.declive-00000000000000ab.tmp", ".declive-000000000000000ab.tmp", ".declive-notes", "weights.safetensors.123.tmp",
	} {
		files[name] = "mine"
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600))
	}
	for range 2 {
		require.NoError(t, Replace(filepath.Join(dir, "a"), text("new")))
		files["a"] = "new"
		assertFiles(t, dir, files)
	}
	folder := filepath.Join(dir, ".declive-00000000000000ab.tmp")
	require.NoError(t, os.Mkdir(folder, 0o700))
	require.NoError(t, Replace(filepath.Join(dir, "a"), text("new")))
	assert.DirExists(t, folder)
}

// Two files that are written at once do not disturb each other, and the last
// that is committed stays.
func TestWritersAtOnce(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for range 2 {
		require.NoError(t, Replace(path, func(w io.Writer) error {
			require.NoError(t, Replace(path, text("inner")))
			require.NoError(t, Replace(path, text("again")))
			return text("outer")(w)
		}))
		assertFiles(t, dir, map[string]string{"a": "outer"})
	}
}

// Sweeps and new files at the same time: no writer takes the file of another.
func TestManyWriters(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for range 20 {
				assert.NoError(t, Replace(filepath.Join(dir, strconv.Itoa(i)), text("content")))
			}
		})
	}
	all.Wait()
	assertFiles(t, dir, map[string]string{"0": "content", "1": "content", "2": "content", "3": "content"})
}

// A discarded file leaves nothing; one committed survives the Discard that a
// caller defers.
func TestCreate(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		f, err := Create(dir)
		require.NoError(t, err)
		require.NoError(t, text("content")(f))
		f.Discard()
		assertFiles(t, dir, map[string]string{})
	}
	f, err := Create(dir)
	require.NoError(t, err)
	defer func() {
		f.Discard()
		assertFiles(t, dir, map[string]string{"a": "content"})
	}()
	require.NoError(t, text("content")(f))
	require.NoError(t, f.Commit(filepath.Join(dir, "a")))
}

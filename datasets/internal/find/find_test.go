package find

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpen(t *testing.T) {
	files := fstest.MapFS{"raw/b.gz": {}, "c": {}, "c.gz": {}, "d": {Mode: fs.ModeDir}}
	for want, names := range map[string][]string{"raw/b.gz": {"a", "raw/b", "c"}, "c": {"a", "c"}} {
		f, name, err := Open(files, names...)
		require.NoError(t, err)
		assert.Equal(t, want, name)
		require.NoError(t, f.Close())
	}
	_, _, err := Open(files, "x", "y")
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "open x:")
	_, _, err = Open(refusing{}, "x")
	assert.ErrorIs(t, err, fs.ErrPermission)
	_, _, err = Open(nil, "x", "y")
	assert.EqualError(t, err, "open x: the file system is nil; use os.DirFS")
}

// refusing is a folder that lets nothing be opened.
type refusing struct{}

func (refusing) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestArchive(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range []string{"set/a.bin", "set/other", "b.bin"} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(name))}))
		_, err := w.Write([]byte(name))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	fsys, err := Archive(fstest.MapFS{"set.tar": {Data: b.Bytes()}}, "set.tar", []string{"a.bin", "b.bin", "c.bin"})
	require.NoError(t, err)
	content, err := fs.ReadFile(fsys, "a.bin")
	require.NoError(t, err)
	assert.Equal(t, "set/a.bin", string(content))
	info, err := fs.Stat(fsys, "b.bin")
	require.NoError(t, err)
	assert.Equal(t, int64(5), info.Size())
	for _, name := range []string{"c.bin", "other"} {
		_, err = fsys.Open(name)
		assert.ErrorIs(t, err, fs.ErrNotExist, name)
	}
	_, err = Archive(fstest.MapFS{}, "set.tar", nil)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Archive(fstest.MapFS{"set.tar": {Data: b.Bytes()[:515]}}, "set.tar", []string{"a.bin", "b.bin"})
	assert.Error(t, err)
}

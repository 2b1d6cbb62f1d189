package find

import (
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

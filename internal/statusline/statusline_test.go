package statusline

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	var b bytes.Buffer
	l := New(&b)
	l.Clear()
	l.End()
	assert.Empty(t, b.String(), "nothing stands there")
	for range 2 {
		l.Show("läng")
		l.Show("ab")
		l.Clear()
		l.Clear()
		l.Show("abc")
		l.End()
		l.End()
		assert.Equal(t, "\rläng\rab  \r  \r\rabc\n", b.String())
		b.Reset()
	}
}

// A file that is no terminal stays empty, and so does the nil line.
func TestNoTerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer f.Close()
	for _, l := range []*Line{New(f), New(nil)} {
		assert.Nil(t, l)
		l.Show("text")
		l.Clear()
		l.End()
	}
	info, err := f.Stat()
	require.NoError(t, err)
	assert.Zero(t, info.Size())
}

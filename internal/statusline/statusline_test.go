package statusline

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
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
		l.Show("a", "bc")
		l.End()
		l.End()
		assert.Equal(t, "\rläng\rab  \r  \r\ra  bc\n", b.String())
		b.Reset()
	}
}

// No text reaches the last column, whatever the terminal's width.
func TestLineFits(t *testing.T) {
	assert.Equal(t, "epoch 1/9  loss 2", fitting([]string{"epoch 1/9", "loss 2", "8 min left"}, 28))
	assert.Equal(t, "epoch 1/9  loss 2  8 min left", fitting([]string{"epoch 1/9", "loss 2", "8 min left"}, 30))
	assert.Equal(t, "epo", fitting([]string{"epoch 1/9", "loss 2"}, 4))
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[a-zä]{0,12}`), 1, 5).Draw(t, "parts")
		width := rapid.IntRange(1, 60).Draw(t, "width")
		text := fitting(parts, width)
		assert.Less(t, utf8.RuneCountInString(text), width)
		assert.True(t, strings.HasPrefix(strings.Join(parts, "  "), text))
		assert.Equal(t, strings.Join(parts, "  "), fitting(parts, 0))
	})
}

// The width is asked for at each text, since a terminal may change.
func TestLineFollowsTheTerminal(t *testing.T) {
	var b bytes.Buffer
	l := New(&b)
	columns := 20
	l.width = func() int { return columns }
	l.Show("epoch 1", "loss 2")
	columns = 10
	l.Show("epoch 2", "loss 1")
	assert.Equal(t, "\repoch 1  loss 2\repoch 2  ", b.String())
}

// A file gets a line every five seconds and nothing of what takes less; nil nothing.
func TestNoTerminal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	l := New(f)
	start := l.last
	for _, seconds := range []int{1, 4, 5, 6, 9, 11, 30} {
		l.now = func() time.Time { return start.Add(time.Duration(seconds) * time.Second) }
		l.Show("at", (time.Duration(seconds) * time.Second).String())
	}
	l.Clear()
	l.End()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "at  5s\nat  11s\nat  30s\n", string(got))

	l = New(nil)
	assert.Nil(t, l)
	l.Show("text")
	l.Clear()
	l.End()
}

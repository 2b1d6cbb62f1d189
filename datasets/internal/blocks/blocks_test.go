package blocks

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func lines(text []byte) int { return bytes.LastIndexByte(text, '\n') + 1 }

// collect returns the text in blocks of at least size bytes, joined again, and the number of
// blocks.
func collect(t *testing.T, r io.Reader, size int) (text string, n int, err error) {
	s := New(r, lines)
	s.size = size
	var out strings.Builder
	err = Each(s, func(block []byte, result *string) { *result = string(block) }, func(result *string) error {
		n++
		out.WriteString(*result)
		return nil
	})
	return out.String(), n, err
}

func TestEveryLineIsInOneBlock(t *testing.T) {
	text := "one\ntwo\n\nthree and more than a block has room for\n" + strings.Repeat("x\n", 40) + "end"
	for size := 1; size < 20; size++ {
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)), iotest.DataErrReader(strings.NewReader(text))} {
			got, n, err := collect(t, r, size)
			require.NoError(t, err)
			require.Equal(t, text, got)
			require.Greater(t, n, 2)
		}
	}
	got, n, err := collect(t, strings.NewReader(""), 8)
	require.NoError(t, err)
	assert.Zero(t, n)
	assert.Empty(t, got)
}

func TestBlocksEndWithLines(t *testing.T) {
	s := New(strings.NewReader("ab\ncd\nef\ngh"), lines)
	s.size = 7
	first, err := s.First()
	require.NoError(t, err)
	assert.Equal(t, "ab\ncd\n", string(first))
	s.Discard(3)
	var got []string
	require.NoError(t, Each(s, func(block []byte, result *string) { *result = string(block) }, func(result *string) error {
		got = append(got, *result)
		return nil
	}))
	assert.Equal(t, []string{"cd\n", "ef\ngh"}, got)
}

func TestTheWholeFirstBlockIsDiscarded(t *testing.T) {
	s := New(strings.NewReader("a,b\n1,2\n3,4\n"), lines)
	s.size = 4
	_, err := s.First()
	require.NoError(t, err)
	s.Discard(4)
	n := 0
	require.NoError(t, Each(s, func([]byte, *int) {}, func(*int) error { n++; return nil }))
	assert.Equal(t, 2, n)
}

func TestErrorsEndTheWork(t *testing.T) {
	broken := errors.New("broken")
	_, _, err := collect(t, io.MultiReader(strings.NewReader("a\nb\nc\n"), iotest.ErrReader(broken)), 2)
	assert.ErrorIs(t, err, broken)

	s := New(strings.NewReader(strings.Repeat("a\n", 1000)), lines)
	s.size = 2
	taken := 0
	err = Each(s, func([]byte, *int) {}, func(*int) error {
		if taken++; taken == 3 {
			return broken
		}
		return nil
	})
	assert.ErrorIs(t, err, broken)
	assert.Equal(t, 3, taken)

	_, _, err = collect(t, zeros{}, 2)
	assert.ErrorIs(t, err, io.ErrNoProgress)
}

// zeros has nothing to read and no end.
type zeros struct{}

func (zeros) Read([]byte) (int, error) { return 0, nil }

func TestLongRecords(t *testing.T) {
	s := New(endless{}, lines)
	s.longest = 1 << 20
	_, err := s.First()
	assert.EqualError(t, err, "a record of more than 1048576 bytes; look for a quote that is left open")
}

// endless is one line without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

package stream_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/datasets"
	"declive/datasets/stream"
)

// opener opens a text again and again.
func opener(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

// rows returns a table of n examples: their number, its square, a colour in quotes,
// and a class.
func rows(n int) string {
	var b strings.Builder
	b.WriteString("i,square,colour,kind\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,\"%s\",%s\n", i, i*i, []string{"red", "light\nblue"}[i%2], []string{"a", "b", "c"}[i%3])
	}
	return b.String()
}

var settings = datasets.CSV{Header: datasets.HeaderYes, OneHot: []string{"colour"}}

// learnt returns the schema that a table teaches.
func learnt(t testing.TB, c datasets.CSV, text string) *datasets.Schema {
	t.Helper()
	table, err := c.Table(strings.NewReader(text))
	require.NoError(t, err)
	s, err := table.Learn()
	require.NoError(t, err)
	return s
}

// opened returns the stream of a table whose first lines teach the schema.
func opened(t testing.TB, text string) *stream.Table {
	t.Helper()
	s, err := stream.Open(opener(text), learnt(t, settings, rows(9)))
	require.NoError(t, err)
	return s
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

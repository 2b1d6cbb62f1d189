package unpack

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const text = "1,2\n3,4\n"

// bzipped is text packed by Python's bz2.
const bzipped = "425a683931415926535993b70d0c0000025800001000043c0020" +
	"0030c00869b28823278bb9229c284849db868600"

// archive returns a zip file of the named files, each with the text.
func archive(t *testing.T, names ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		require.NoError(t, err)
		if !strings.HasSuffix(name, "/") {
			_, err = io.WriteString(w, text)
			require.NoError(t, err)
		}
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func packed(t *testing.T) map[string][]byte {
	var gz, zst bytes.Buffer
	for w, b := range map[io.WriteCloser]*bytes.Buffer{gzip.NewWriter(&gz): &gz, must(zstd.NewWriter(&zst)): &zst} {
		_, err := io.WriteString(w, text)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		require.NotZero(t, b.Len())
	}
	bz, err := hex.DecodeString(bzipped)
	require.NoError(t, err)
	return map[string][]byte{
		"gzip": gz.Bytes(), "two of gzip": append(gz.Bytes()[:gz.Len():gz.Len()], gz.Bytes()...), "zstd": zst.Bytes(), "bzip2": bz,
		"zip": archive(t, "data/", "data/table.csv", "__MACOSX/._table.csv"), "plain": []byte(text),
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

func TestPackedFilesAreKnownByContent(t *testing.T) {
	for name, content := range packed(t) {
		want := text
		if name == "two of gzip" {
			want += text
		}
		file := filepath.Join(t.TempDir(), "table.csv")
		require.NoError(t, os.WriteFile(file, content, 0o600))
		f, err := os.Open(file)
		require.NoError(t, err)
		defer f.Close()
		for _, r := range []io.Reader{f, bytes.NewReader(content), iotest.OneByteReader(bytes.NewReader(content))} {
			c, isPacked, err := New(r)
			require.NoError(t, err, name)
			assert.Equal(t, name != "plain", isPacked, name)
			got, err := io.ReadAll(c)
			require.NoError(t, err, name)
			assert.Equal(t, want, string(got), name)
		}
	}
}

func TestTruncatedFiles(t *testing.T) {
	for name, content := range packed(t) {
		if name == "plain" {
			continue
		}
		r, _, err := New(bytes.NewReader(content[:len(content)-5]))
		if err == nil {
			_, err = io.ReadAll(r)
		}
		assert.Error(t, err, name)
	}
}

func TestZipFilesWithAnotherNumberOfFiles(t *testing.T) {
	for want, names := range map[string][]string{
		"a zip file without files": {"a/"},
		`a zip file with the files ["a.csv" "b.csv"]; unpack the one that you mean`:       {"a.csv", "x/b.csv"},
		`a zip file with 5 files, "a", "b", "c" and others; unpack the one that you mean`: {"a", "b", "c", "d", "e"},
		"an npz file, of NumPy's arrays; save it as text, with numpy.savetxt":             {"x.npy", "y.npy"},
		"a workbook of Excel; save the sheet as CSV":                                      {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "docProps/app.xml"},
	} {
		_, _, err := New(bytes.NewReader(archive(t, names...)))
		assert.EqualError(t, err, want)
	}
}

func TestReadErrors(t *testing.T) {
	_, _, err := New(iotest.ErrReader(io.ErrClosedPipe))
	assert.ErrorIs(t, err, io.ErrClosedPipe)
	_, _, err = New(io.MultiReader(strings.NewReader("PK\x03\x04"), iotest.ErrReader(io.ErrClosedPipe)))
	assert.ErrorIs(t, err, io.ErrClosedPipe)
}

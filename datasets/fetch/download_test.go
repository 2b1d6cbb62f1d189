package fetch

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func md5Of(data string) checksum {
	h := md5.Sum([]byte(data))
	return checksum(hex.EncodeToString(h[:]))
}

func sha256Of(data string) checksum {
	h := sha256.Sum256([]byte(data))
	return checksum(hex.EncodeToString(h[:]))
}

func pack(t *testing.T, data string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(data))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

// archive returns a gzipped tar file of names and contents.
func archive(t *testing.T, files ...[2]string) string {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "set/", Typeflag: tar.TypeDir, Mode: 0o755}))
	for _, f := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "set/" + f[0], Size: int64(len(f[1])), Mode: 0o644}))
		_, err := w.Write([]byte(f[1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return pack(t, b.String())
}

// A server offers files and counts what it is asked for.
type server struct {
	files    map[string]string
	cut      int // bytes left out at the end of every file
	requests int
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests++
	body, ok := s.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write([]byte(body[:len(body)-s.cut]))
}

// trial is a publication of a plain file and an archive of two, with a server
// that offers it.
func trial(t *testing.T) (publication, *server) {
	packed := archive(t, [2]string{"one.bin", "first content"}, [2]string{"other", "x"}, [2]string{"two.bin", "second content"})
	handler := &server{files: map[string]string{"/pub/plain.gz": "plain content", "/pub/packed.tar.gz": packed}}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	return publication{
		name: "Trial", folder: "trial", address: web.URL + "/pub/",
		parts: []transfer{
			single("plain.gz", md5Of("plain content")),
			{file: "packed.tar.gz", sum: md5Of(packed), archive: true, contents: []content{
				{"one.bin", sha256Of("first content"), true},
				{"two.bin", sha256Of("second content"), true},
			}},
		},
	}, handler
}

// contents returns the names and the contents of the files in a folder.
func contents(t *testing.T, dir string) map[string]string {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(data)
	}
	return files
}

func TestDownload(t *testing.T) {
	p, web := trial(t)
	d := Download{Dir: t.TempDir()}
	for range 2 { // the second time everything is there
		dir, err := d.fetch(context.Background(), p)
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(d.Dir, "trial"), dir)
		assert.Equal(t, map[string]string{
			"plain.gz": "plain content", "one.bin": "first content", "two.bin": "second content",
		}, contents(t, dir))
		assert.Equal(t, 2, web.requests)
	}
}

// The next transfer into a folder removes what a killed one has left there.
func TestDownloadCleansUp(t *testing.T) {
	p, _ := trial(t)
	for i := range 2 {
		d := Download{Dir: t.TempDir()}
		dir := filepath.Join(d.Dir, "trial")
		require.NoError(t, os.MkdirAll(dir, 0o777))
		left := filepath.Join(dir, fmt.Sprintf(".declive-%016x.tmp", i))
		require.NoError(t, os.WriteFile(left, []byte("half"), 0o666))
		long := time.Now().Add(-24 * time.Hour) // where files are not locked, age decides
		require.NoError(t, os.Chtimes(left, long, long))
		_, err := d.fetch(context.Background(), p)
		require.NoError(t, err)
		assert.Len(t, contents(t, dir), 3)
	}
}

func TestDownloadFromMirror(t *testing.T) {
	p, web := trial(t)
	mirror := p.address
	p.address = "http://127.0.0.1:1/none"
	_, err := Download{Dir: t.TempDir(), Mirror: mirror, Client: &http.Client{}}.fetch(context.Background(), p)
	require.NoError(t, err)
	assert.Equal(t, 2, web.requests)
}

func TestDownloadTakesOnlyWhatIsMissing(t *testing.T) {
	p, web := trial(t)
	d := Download{Dir: t.TempDir()}
	dir := filepath.Join(d.Dir, "trial")
	require.NoError(t, os.MkdirAll(dir, 0o777))
	here := map[string]string{"one.bin.gz": pack(t, "first content"), "plain.gz": "plain content"}
	for name, data := range here {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o666))
	}
	_, err := d.fetch(context.Background(), p)
	require.NoError(t, err)
	here["two.bin"] = "second content"
	assert.Equal(t, here, contents(t, dir))
	assert.Equal(t, 1, web.requests)
}

func TestDownloadRefuses(t *testing.T) {
	packed := func(files ...[2]string) func(*testing.T, *publication, *server) {
		return func(t *testing.T, p *publication, web *server) {
			data := archive(t, files...)
			web.files["/pub/packed.tar.gz"], p.parts[1].sum = data, md5Of(data)
		}
	}
	one, two := [2]string{"one.bin", "first content"}, [2]string{"two.bin", "second content"}
	for _, test := range []struct {
		name   string
		change func(*testing.T, *publication, *server)
		want   string
	}{
		{"truncated", func(_ *testing.T, _ *publication, web *server) { web.cut = 3 },
			"/pub/plain.gz: after 10 bytes: unexpected EOF; to do without the network, put plain.gz into "},
		{"corrupted", func(_ *testing.T, _ *publication, web *server) { web.files["/pub/plain.gz"] = "plain kontent" },
			"/pub/plain.gz has checksum " + string(md5Of("plain kontent")) + ", want " + string(md5Of("plain content"))},
		{"longer", func(_ *testing.T, _ *publication, web *server) { web.files["/pub/plain.gz"] += " " },
			"/pub/plain.gz has checksum "},
		{"missing", func(_ *testing.T, _ *publication, web *server) { delete(web.files, "/pub/packed.tar.gz") },
			"/pub/packed.tar.gz: 404 Not Found; to do without the network, put one.bin, two.bin into "},
		{"no server", func(_ *testing.T, p *publication, _ *server) { p.address = "http://127.0.0.1:1" },
			"; to do without the network, put plain.gz into "},
		{"no address", func(_ *testing.T, p *publication, _ *server) { p.address = "://" }, "missing protocol scheme"},
		{"another file in the archive", packed(one, [2]string{"two.bin", "another content"}), "two.bin has checksum "},
		{"a file less in the archive", packed(one), "packed.tar.gz has no two.bin"},
		{"no archive", func(_ *testing.T, p *publication, web *server) {
			data := "no gzip file, but long enough to be looked at as one"
			web.files["/pub/packed.tar.gz"], p.parts[1].sum = data, md5Of(data)
		}, "packed.tar.gz: gzip: invalid header"},
		{"archive ends", func(t *testing.T, p *publication, web *server) {
			packed(one, two)(t, p, web)
			data := pack(t, "no tar file, but long enough to be looked at as one")
			web.files["/pub/packed.tar.gz"], p.parts[1].sum = data, md5Of(data)
		}, "packed.tar.gz: unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, web := trial(t)
			test.change(t, &p, web)
			d := Download{Dir: t.TempDir()}
			dir, err := d.fetch(context.Background(), p)
			assert.Empty(t, dir)
			assert.ErrorContains(t, err, "fetch: Trial: ")
			assert.ErrorContains(t, err, test.want)
			whole := map[string]string{"plain.gz": "plain content", "one.bin": "first content", "two.bin": "second content"}
			for name, data := range contents(t, filepath.Join(d.Dir, "trial")) {
				assert.Equal(t, whole[name], data, "left behind: %s", name)
			}
		})
	}
}

func TestDownloadOverwritesNothing(t *testing.T) {
	for _, name := range []string{"plain.gz", "one.bin", "one.bin.gz"} {
		p, _ := trial(t)
		d := Download{Dir: t.TempDir()}
		dir := filepath.Join(d.Dir, "trial")
		require.NoError(t, os.MkdirAll(dir, 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o666))
		_, err := d.fetch(context.Background(), p)
		var sum *ChecksumError
		require.ErrorAs(t, err, &sum)
		assert.Equal(t, filepath.Join(dir, name), sum.File)
		assert.ErrorContains(t, err, "it is not overwritten, so move it away first")
		assert.Equal(t, "mine", contents(t, dir)[name])
	}
}

func TestDownloadStopsWithItsContext(t *testing.T) {
	p, _ := trial(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Download{Dir: t.TempDir()}.fetch(ctx, p)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestDownloadIntoAFile(t *testing.T) {
	p, _ := trial(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "trial"), nil, 0o666))
	_, err := Download{Dir: dir}.fetch(context.Background(), p)
	var path *fs.PathError
	assert.ErrorAs(t, err, &path)
}

// The published checksums are those of the real files: where these are, there
// is nothing to fetch.
func TestRealChecksums(t *testing.T) {
	root := os.Getenv("DECLIVE_DATA")
	if root == "" {
		t.Skip("set DECLIVE_DATA to the folder that holds cifar10")
	}
	dir, err := Download{Dir: root, Mirror: "http://127.0.0.1:1"}.CIFAR10(context.Background())
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(root, "cifar10"), dir)
}

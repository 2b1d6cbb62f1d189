// Package fetch gets published data sets from where their authors offer them.
//
//	dir, err := fetch.Download{}.CIFAR10(ctx)
//	train, test, err := datasets.LoadCIFAR10(os.DirFS(dir))
//
// Every file is compared with its published checksum. Without a network, the error
// says which files to put where.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"declive/internal/atomicfile"
)

// A Download fetches published data sets. The zero value puts them where other
// programs find them too, below os.UserCacheDir.
//
// A file is written under a temporary name, compared with its published
// checksum and only then renamed. One that is there already is compared too,
// never replaced: if it has the right content, as it is or with .gz, nothing is
// fetched for it. What a broken transfer has left is not used again, and the next
// one into that folder removes it.
type Download struct {
	Dir    string       // in which each set has its folder; declive in os.UserCacheDir if empty
	Mirror string       // address of a folder that has the published files; theirs if empty
	Client *http.Client // http.DefaultClient if nil
}

// CIFAR10 makes sure that the six files of CIFAR-10 are there, 184 MB, from an
// archive of 170 MB, and returns their folder: what datasets.LoadCIFAR10 reads.
//
// The error says which files to put where if they cannot be fetched. It wraps
// a [*ChecksumError] if what came, or what is there, is not what was published.
func (d Download) CIFAR10(ctx context.Context) (dir string, err error) { return d.fetch(ctx, cifar10) }

// MNIST is CIFAR10 for the four files of MNIST, 12 MB, gzipped: what
// datasets.LoadMNIST reads.
func (d Download) MNIST(ctx context.Context) (dir string, err error) { return d.fetch(ctx, mnist) }

// A ChecksumError says that a file is not the published one.
type ChecksumError struct {
	File, Got, Want string
}

func (e *ChecksumError) Error() string {
	return fmt.Sprintf("%s has checksum %s, want %s", e.File, e.Got, e.Want)
}

// fetch gets what is missing of p.
func (d Download) fetch(ctx context.Context, p publication) (dir string, err error) {
	if d.Dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("fetch: %s: %w", p.name, err)
		}
		d.Dir = filepath.Join(cache, "declive")
	}
	dir = filepath.Join(d.Dir, p.folder)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("fetch: %s: %w", p.name, err)
	}
	for _, part := range p.parts {
		if err := d.part(ctx, p, part, dir); err != nil {
			return "", fmt.Errorf("fetch: %s: %w", p.name, err)
		}
	}
	return dir, nil
}

// part gets one file to transfer, unless all that it holds is there.
func (d Download) part(ctx context.Context, p publication, part transfer, dir string) error {
	missing, err := part.missing(dir)
	if err != nil || len(missing) == 0 {
		return err
	}
	temporary, err := atomicfile.Create(dir)
	if err != nil {
		return err
	}
	defer temporary.Discard()
	address := strings.TrimSuffix(p.address, "/") + "/" + part.file
	if d.Mirror != "" {
		address = strings.TrimSuffix(d.Mirror, "/") + "/" + part.file
	}
	if err := d.get(ctx, address, temporary, part.sum); err != nil {
		return fmt.Errorf("%w; to do without the network, put %s into %s", err, strings.Join(missing, ", "), dir)
	}
	if _, err := temporary.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return part.unpack(temporary, dir, missing)
}

// maxTransfer bounds what is taken from a server, in bytes.
const maxTransfer = 1 << 29

// get copies what is at address to w and compares it with the checksum.
func (d Download) get(ctx context.Context, address string, w io.Writer, want checksum) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	request.Header.Set("Accept-Encoding", "identity") // the checksum is of the file as it lies there
	client := d.Client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", address, response.Status)
	}
	hash := want.new()
	n, err := io.Copy(io.MultiWriter(w, hash), io.LimitReader(response.Body, maxTransfer))
	if err != nil {
		return fmt.Errorf("GET %s: after %d bytes: %w", address, n, err)
	}
	return want.compare(address, hash)
}

// missing returns the files of the transfer that are not in dir, and an error
// if one is there with another content.
func (t transfer) missing(dir string) ([]string, error) {
	var names []string
	for _, file := range t.contents {
		err := file.verify(os.DirFS(dir))
		if errors.Is(err, fs.ErrNotExist) {
			names = append(names, file.name)
			continue
		}
		var sum *ChecksumError
		if errors.As(err, &sum) {
			sum.File = filepath.Join(dir, sum.File)
			err = fmt.Errorf("%w; it is not overwritten, so move it away first", err)
		}
		if err != nil {
			return nil, err
		}
	}
	return names, nil
}

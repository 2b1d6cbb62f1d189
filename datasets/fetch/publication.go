package fetch

import (
	"archive/tar"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"declive/datasets/internal/find"
	"declive/datasets/internal/unpack"
	"declive/internal/atomicfile"
)

// A publication is a data set as its authors offer it.
type publication struct {
	name, folder string
	address      string // of the folder that has the files
	parts        []transfer
}

// A transfer is a file on the server and what becomes of it here: itself, or,
// if it is an archive, some files in it.
type transfer struct {
	file     string
	sum      checksum
	archive  bool
	contents []content
}

// A content is a file in the folder of the data set.
type content struct {
	name   string
	sum    checksum
	packed bool // name.gz with the same content will do
}

// A checksum is that of MD5, 32 digits, or that of SHA-256, 64.
type checksum string

func (c checksum) new() hash.Hash {
	if len(c) == hex.EncodedLen(md5.Size) {
		return md5.New()
	}
	return sha256.New()
}

// compare returns a ChecksumError unless h has the right sum.
func (c checksum) compare(file string, h hash.Hash) error {
	if got := hex.EncodeToString(h.Sum(nil)); got != string(c) {
		return &ChecksumError{File: file, Got: got, Want: string(c)}
	}
	return nil
}

var cifar10 = publication{
	name: "CIFAR-10", folder: "cifar10", address: "https://www.cs.toronto.edu/~kriz",
	parts: []transfer{{
		file: "cifar-10-binary.tar.gz", sum: "c32a1d4ab5d03f1284b67883e8d87530", archive: true,
		contents: []content{
			{"data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5", true},
			{"data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed", true},
			{"data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67", true},
			{"data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48", true},
			{"data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add", true},
			{"test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b", true},
		},
	}},
}

var mnist = publication{
	name: "MNIST", folder: "mnist", address: "https://ossci-datasets.s3.amazonaws.com/mnist",
	parts: []transfer{
		single("train-images-idx3-ubyte.gz", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
		single("train-labels-idx1-ubyte.gz", "d53e105ee54ea40749a09fcbcd1e9432"),
		single("t10k-images-idx3-ubyte.gz", "9fb629c4189551a2d022fa330f9573f3"),
		single("t10k-labels-idx1-ubyte.gz", "ec29112dd5afa0611ce80d1b7f02629c"),
	},
}

// single is a file that is kept as it comes.
func single(file string, sum checksum) transfer {
	return transfer{file: file, sum: sum, contents: []content{{name: file, sum: sum}}}
}

// verify compares the file in fsys, and wraps fs.ErrNotExist if it is missing.
func (c content) verify(fsys fs.FS) error {
	f, name, err := c.open(fsys)
	if err != nil {
		return err
	}
	defer f.Close()
	h := c.sum.new()
	var r io.Reader = f
	if c.packed {
		if r, _, err = unpack.New(f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if _, err := io.Copy(h, r); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return c.sum.compare(name, h)
}

func (c content) open(fsys fs.FS) (fs.File, string, error) {
	if c.packed {
		return find.Open(fsys, c.name)
	}
	f, err := fsys.Open(c.name)
	return f, c.name, err
}

// unpack turns the transferred file, which has the right checksum, into the
// files that are missing from dir.
func (t transfer) unpack(f io.Reader, dir string, missing []string) error {
	if !t.archive {
		return place(f, dir, t.contents[0])
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("%s: %w", t.file, err)
	}
	for archive := tar.NewReader(z); len(missing) > 0; {
		header, err := archive.Next()
		if err == io.EOF {
			return fmt.Errorf("%s has no %s", t.file, missing[0])
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.file, err)
		}
		name := path.Base(header.Name)
		i := slices.Index(missing, name)
		if i < 0 || header.Typeflag != tar.TypeReg {
			continue
		}
		j := slices.IndexFunc(t.contents, func(c content) bool { return c.name == name })
		if err := place(archive, dir, t.contents[j]); err != nil {
			return err
		}
		missing = slices.Delete(missing, i, i+1)
	}
	return nil
}

// place writes a file to dir under its name once it is whole and right.
func place(r io.Reader, dir string, c content) error {
	f, err := atomicfile.Create(dir)
	if err != nil {
		return err
	}
	defer f.Discard()
	h := c.sum.new()
	if _, err := io.Copy(io.MultiWriter(f, h), r); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if err := c.sum.compare(c.name, h); err != nil {
		return err
	}
	final := filepath.Join(dir, c.name)
	if _, err := os.Lstat(final); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has appeared meanwhile and is not overwritten", final)
	}
	return f.Commit(final)
}

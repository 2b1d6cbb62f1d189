package classify

import (
	"encoding/binary"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// tuned is a tuning for tests, whose numbers all differ.
func tuned(Settings) Tuning { return Tuning{Rate: 0.5, Lambda: 1e-3, Epochs: 3} }

var program = Program{Name: "test", About: "about", Tuning: tuned}

// parsed returns the settings of arguments that are right.
func parsed(t *testing.T, args ...string) Settings {
	t.Helper()
	s, err := Parse(program, args, io.Discard)
	require.NoError(t, err)
	return s
}

func seeded(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// loaded returns the set that the arguments name, drawn from their seed.
func loaded(t *testing.T, args ...string) *Set {
	t.Helper()
	s := parsed(t, args...)
	set, err := Load(&s, seeded(s.Seed))
	require.NoError(t, err)
	return set
}

// table returns a part that is in memory.
func table(p Part) *datasets.Dataset { return p.(*datasets.Dataset) }

// features returns what a model sees of all examples.
func features(t *testing.T, p Part) []float32 {
	t.Helper()
	batch, err := table(p).All()
	require.NoError(t, err)
	return batch.X.Float32s()
}

// writeFile returns the path of a file in a new folder.
func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// writeMNIST writes one part of MNIST: for each label an image of shape (1, 3, 5)
// whose pixels are all 20 times the label.
func writeMNIST(t *testing.T, dir, part string, labels ...byte) {
	t.Helper()
	header := func(words ...uint32) (b []byte) {
		for _, w := range words {
			b = binary.BigEndian.AppendUint32(b, w)
		}
		return b
	}
	n := uint32(len(labels))
	images := header(2051, n, 3, 5)
	for _, label := range labels {
		for range 3 * 5 {
			images = append(images, 20*label)
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, part+"-images-idx3-ubyte"), images, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, part+"-labels-idx1-ubyte"), append(header(2049, n), labels...), 0o600))
}

// writeCIFAR10 writes the six files of CIFAR-10 with one image each, of class
// and brightness 0, 1, …, 5.
func writeCIFAR10(t *testing.T, dir string) {
	t.Helper()
	names := []string{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"}
	for i, name := range names {
		record := make([]byte, 1+3*32*32)
		for j := range record {
			record[j] = byte(i)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".bin"), record, 0o600))
	}
}

// picture reads a PNG file.
func picture(t *testing.T, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	img, err := png.Decode(f)
	require.NoError(t, err)
	return img
}

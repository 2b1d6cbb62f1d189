package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// small are arguments for a network and a training of a second.
var small = []string{"-widths", "4,5,6", "-epochs", "2", "-batch", "20", "-examples", "60"}

// output runs the program in a folder of its own, with no data but that of the
// arguments, and returns what it prints and the folder.
func output(t *testing.T, args ...string) (stdout, stderr, out string) {
	t.Helper()
	t.Setenv("DECLIVE_DATA", "")
	out = filepath.Join(t.TempDir(), "a", "b")
	var o, e bytes.Buffer
	require.NoError(t, run(t.Context(), append([]string{"-out", out}, args...), &o, &e))
	return o.String(), e.String(), out
}

// writeCIFAR10 writes the six files of CIFAR-10 with the given number of images each:
// noise about a brightness of the class.
func writeCIFAR10(t *testing.T, records int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch"} {
		var file []byte
		for i := range records {
			class := i % 10
			file = append(file, byte(class))
			for range 3 * 32 * 32 {
				file = append(file, byte(20*class+rng.IntN(60)))
			}
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".bin"), file, 0o600))
	}
	return dir
}

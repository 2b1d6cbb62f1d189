package nn_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/autodiff"
	"declive/nn"
)

// model returns parameters of both precisions and of 2, 1 and 0 axes.
func model(values func(i int) float64) []*autodiff.Param {
	a, b, c := make([]float32, 6), make([]float64, 3), make([]float32, 1)
	for i := range a {
		a[i] = float32(values(i))
	}
	for i := range b {
		b[i] = values(10 + i)
	}
	c[0] = float32(values(20))
	return []*autodiff.Param{
		autodiff.NewParam("scores/W", tensor.New(tensor.WithShape(2, 3), tensor.WithBacking(a))),
		autodiff.NewParam("schräg", tensor.New(tensor.WithShape(3), tensor.WithBacking(b))),
		autodiff.NewParam("c", tensor.New(tensor.WithShape(), tensor.WithBacking(c))),
	}
}

func trained() []*autodiff.Param {
	return model(func(i int) float64 { return math.Sqrt(float64(i)) - 2 })
}
func blank() []*autodiff.Param { return model(func(int) float64 { return 0 }) }

// values returns the elements of all parameters.
func values(params []*autodiff.Param) []float64 {
	var out []float64
	for _, p := range params {
		if p.Precision() == tensor.Float64 {
			out = append(out, p.Value().Float64s()...)
			continue
		}
		for _, v := range p.Value().Float32s() {
			out = append(out, float64(v))
		}
	}
	return out
}

func saved(t testing.TB, params []*autodiff.Param) []byte {
	var b bytes.Buffer
	require.NoError(t, nn.WriteParams(&b, params))
	return b.Bytes()
}

func TestSaveLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	require.NoError(t, nn.Save(path, trained()))
	got := blank()
	require.NoError(t, nn.Load(path, got))
	assert.Equal(t, values(trained()), values(got))

	require.NoError(t, nn.Save(path, blank()), "a file is replaced")
	require.NoError(t, nn.Load(path, got))
	assert.Equal(t, values(blank()), values(got))

	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, files, 1, "temporary files are gone")
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Zero(t, info.Size()%4)
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	assert.ErrorIs(t, nn.Load(path, nil), os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("short"), 0o600))
	assert.ErrorContains(t, nn.Load(path, nil), path+": length of the header: the file is truncated, 5 of 8 bytes")
}

// A save that fails leaves the old file and nothing else.
func TestFailedSaveChangesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "weights.safetensors")
	require.NoError(t, nn.Save(path, trained()))
	twice := append(trained(), trained()...)
	assert.ErrorContains(t, nn.Save(path, twice), `two tensors are named "scores/W"`)
	metadata := nn.NewParam("__metadata__", nn.Zeros(), nil, 2)
	assert.ErrorContains(t, nn.Save(path, []*autodiff.Param{metadata}), "no room")
	assert.Error(t, nn.Save(filepath.Join(folder, "none", "weights"), trained()))

	got := blank()
	require.NoError(t, nn.Load(path, got))
	assert.Equal(t, values(trained()), values(got))
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, files, 1)
}

func TestSaveNeedsAFile(t *testing.T) {
	folder := t.TempDir()
	for range 2 {
		assert.EqualError(t, nn.Save("", trained()), `nn: save "": the path is empty, want that of a file`)
		assert.ErrorContains(t, nn.Save(folder, trained()), "is no regular file but a folder; name a file")
	}
}

// The next save into a folder removes what killed ones have left there.
func TestSaveCleansUp(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "weights.safetensors")
	for i := range 2 {
		left := filepath.Join(folder, fmt.Sprintf(".declive-%016x.tmp", i))
		require.NoError(t, os.WriteFile(left, []byte("half"), 0o600))
		long := time.Now().Add(-24 * time.Hour) // where files are not locked, age decides
		require.NoError(t, os.Chtimes(left, long, long))
		require.NoError(t, nn.Save(path, trained()))
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, files, 1)
		require.NoError(t, nn.Load(path, blank()))
	}
}

// The reader neither panics nor changes anything on a file that it refuses, and
// what it accepts it writes and reads again.
func FuzzReadParams(f *testing.F) {
	f.Add(saved(f, trained()))
	f.Add(saved(f, nil))
	f.Add([]byte("\x02\x00\x00\x00\x00\x00\x00\x00{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		got := blank()
		if err := nn.ReadParams(bytes.NewReader(file), got); err != nil {
			require.Equal(t, values(blank()), values(got))
			return
		}
		again := blank()
		require.NoError(t, nn.ReadParams(bytes.NewReader(saved(t, got)), again))
		require.Equal(t, saved(t, got), saved(t, again)) // bytes: NaN ≠ NaN
	})
}

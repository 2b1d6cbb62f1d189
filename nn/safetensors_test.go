package nn_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
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

// A file by hand, after the format's description, with what the writer never
// does: no metadata, no padding, tensors in another order.
func TestReadAnotherWritersFile(t *testing.T) {
	header := `{"c":{"dtype":"F32","shape":[],"data_offsets":[48,52]},` +
		`"schräg":{"shape":[3],"dtype":"F64","data_offsets":[24,48]},` +
		"\n" + `"scores/W":{"data_offsets":[0,24],"dtype":"F32","shape":[2,3]}}`
	file := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	file = append(file, header...)
	var want []float64
	for i := range 6 {
		want = append(want, float64(i)+0.5)
		file = binary.LittleEndian.AppendUint32(file, math.Float32bits(float32(i)+0.5))
	}
	for i := range 3 {
		want = append(want, 0.1*float64(i))
		file = binary.LittleEndian.AppendUint64(file, math.Float64bits(0.1*float64(i)))
	}
	want = append(want, -7)
	file = binary.LittleEndian.AppendUint32(file, math.Float32bits(-7))

	got := blank()
	require.NoError(t, nn.ReadParams(iotest.OneByteReader(bytes.NewReader(file)), got))
	assert.Equal(t, want, values(got))
}

// The header ends at a multiple of 8 bytes, and elements of 8 bytes come first.
func TestFileIsAligned(t *testing.T) {
	file := saved(t, trained())
	n := binary.LittleEndian.Uint64(file)
	assert.Zero(t, n%8)
	assert.Equal(t, math.Sqrt(10)-2, math.Float64frombits(binary.LittleEndian.Uint64(file[8+n:])))
	assert.Len(t, file, int(8+n)+3*8+6*4+4)
	assert.Equal(t, file, saved(t, trained()), "the same bytes at every save")
}

// Whatever bit of a file is flipped and wherever it is cut: it is refused and
// nothing is changed, or, where the bit has no meaning, the same values load.
func TestAlteredFilesAreRefused(t *testing.T) {
	file, untouched, loaded := saved(t, trained()), values(blank()), 0
	for i := range 8 * len(file) {
		altered := bytes.Clone(file)
		altered[i/8] ^= 1 << (i % 8)
		got := blank()
		if err := nn.ReadParams(bytes.NewReader(altered), got); err != nil {
			require.Equal(t, untouched, values(got), "bit %d: %v", i, err)
			continue
		}
		require.Equal(t, values(trained()), values(got), "bit %d", i)
		loaded++
	}
	assert.Less(t, loaded, 8*len("declive.sha256")+8*len("dtype shape data_offsets")*3, "only names of fields may hide a bit")
	for n := range file {
		got := blank()
		require.Error(t, nn.ReadParams(bytes.NewReader(file[:n]), got), "%d bytes", n)
		require.Equal(t, untouched, values(got), "%d bytes", n)
	}
}

func TestRefusedFiles(t *testing.T) {
	const c = `"c":{"dtype":"F32","shape":[],"data_offsets":[0,4]}`
	scalar := func(name string) *autodiff.Param {
		return autodiff.NewParam(name, tensor.New(tensor.WithShape(), tensor.WithBacking([]float32{1})))
	}
	tests := []struct {
		name, header string
		size         int
		params       []*autodiff.Param
		want         string
	}{
		{"no object", `[]`, 0, nil, "header: no JSON object"},
		{"not text", "{\"\xff\":1}", 0, nil, "header: no JSON object"},
		{"syntax", `{"c":}`, 0, nil, "header at byte 13:"},
		{"text behind", `{} {}`, 0, nil, "header at byte 10: more than spaces"},
		{"twice", `{` + c + `,` + c + `}`, 4, []*autodiff.Param{scalar("c")}, "c is no name or stands there twice"},
		{"unknown field", `{"c":{"dtype":"F32","shape":[],"data_offsets":[0,4],"stride":1}}`, 4, nil, `unknown field "stride"`},
		{"metadata of numbers", `{"__metadata__":{"epoch":3}}`, 0, nil, "cannot unmarshal number"},
		{"no shape", `{"c":{"dtype":"F32","data_offsets":[0,4]}}`, 4, nil, `"c" has shape [] and offsets [0 4]`},
		{"one offset", `{"c":{"dtype":"F32","shape":[],"data_offsets":[0]}}`, 4, nil, `"c" has shape [] and offsets [0]`},
		{"backwards", `{"c":{"dtype":"F32","shape":[],"data_offsets":[4,0]}}`, 4, nil, `"c" has shape [] and offsets [4 0]`},
		{"negative", `{"c":{"dtype":"F32","shape":[],"data_offsets":[-4,0]}}`, 4, nil, "cannot unmarshal number -4"},
		{"missing", `{` + c + `}`, 4, []*autodiff.Param{scalar("c"), scalar("d")}, `the file has no parameter "d"`},
		{"extra", `{` + c + `}`, 4, nil, `the file has a parameter "c", which the model has not`},
		{"shape", `{"c":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, []*autodiff.Param{scalar("c")},
			`parameter "c" is F32 [1] in the file, want F32 []`},
		{"precision", `{"c":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}`, 4, []*autodiff.Param{scalar("c")},
			`parameter "c" is I32 [] in the file, want F32 []`},
		{"size", `{"c":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}`, 8, []*autodiff.Param{scalar("c")},
			`parameter "c" lies at [0 8] in the file, but has 4 bytes`},
		{"gap", `{"c":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}`, 8, []*autodiff.Param{scalar("c")},
			`parameter "c" lies at [4 8] in the file, want it to start at 0`},
		{"overlap", `{` + c + `,"d":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4, []*autodiff.Param{scalar("c"), scalar("d")},
			`parameter "d" lies at [0 4] in the file, want it to start at 4`},
		{"short", `{` + c + `}`, 3, []*autodiff.Param{scalar("c")}, "elements: the file is truncated, 3 of 4 bytes"},
		{"long", `{` + c + `}`, 5, []*autodiff.Param{scalar("c")}, "the file goes on after its last parameter"},
		{"checksum", `{"__metadata__":{"declive.sha256":"00"},` + c + `}`, 4, []*autodiff.Param{scalar("c")}, "and should be 00"},
		{"two of one name", `{` + c + `}`, 4, []*autodiff.Param{scalar("c"), scalar("c")}, `two parameters are named "c"`},
	}
	for _, test := range tests {
		file := binary.LittleEndian.AppendUint64(nil, uint64(len(test.header)))
		file = append(append(file, test.header...), make([]byte, test.size)...)
		assert.ErrorContains(t, nn.ReadParams(bytes.NewReader(file), test.params), test.want, test.name)
		for _, p := range test.params {
			assert.Equal(t, float32(1), p.Value().Float32s()[0], test.name)
		}
	}
}

func TestHostileLengthOfTheHeader(t *testing.T) {
	err := nn.ReadParams(strings.NewReader("\xff\xff\xff\xff\xff\xff\xff\xff{}"), nil)
	assert.ErrorContains(t, err, "length of the header: 18446744073709551615 bytes")
	err = nn.ReadParams(strings.NewReader("\x00\xe1\xf5\x05\x00\x00\x00\x00{}"), nil)
	assert.ErrorContains(t, err, "header: the file is truncated, 2 of 100000000 bytes")
}

func TestLoadNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	assert.ErrorIs(t, nn.Load(path, nil), os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("short"), 0o600))
	assert.ErrorContains(t, nn.Load(path, nil), path+": length of the header: the file is truncated, 5 of 8 bytes")
}

func TestFailingReaderAndWriter(t *testing.T) {
	broken := errors.New("broken disk")
	file := saved(t, trained())
	for _, n := range []int{0, 5, 20, len(file) - 1, len(file)} {
		got := blank()
		r := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		assert.ErrorIs(t, nn.ReadParams(r, got), broken, "%d bytes", n)
		assert.Equal(t, values(blank()), values(got))
	}
	for n := range 3 { // the parts of a file
		assert.ErrorIs(t, nn.WriteParams(&failing{after: n, err: broken}, trained()), broken)
	}
}

// failing is a writer that fails after some writes.
type failing struct {
	after int
	err   error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.after == 0 {
		return 0, f.err
	}
	f.after--
	return len(p), nil
}

// A save that fails leaves the old file and nothing else.
func TestFailedSaveChangesNothing(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "weights.safetensors")
	require.NoError(t, nn.Save(path, trained()))
	twice := append(trained(), trained()...)
	assert.ErrorContains(t, nn.Save(path, twice), `two parameters are named "scores/W"`)
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

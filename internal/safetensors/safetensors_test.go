package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorgonia.org/tensor"

	"declive/internal/dense"
	"declive/internal/safetensors"
)

// sample returns tensors of both precisions and of 2, 1 and 0 axes.
func sample(values func(i int) float64) []safetensors.Tensor {
	of := func(name string, dt tensor.Dtype, from int, shape ...int) safetensors.Tensor {
		v := dense.Zeros(dt, shape...)
		for i := range v.Shape().TotalSize() {
			dense.SetElement(v, i, values(from+i))
		}
		return safetensors.Tensor{Name: name, Value: v}
	}
	return []safetensors.Tensor{
		of("scores/W", tensor.Float32, 0, 2, 3),
		of("schräg", tensor.Float64, 10, 3),
		of("c", tensor.Float32, 20),
	}
}

func trained() []safetensors.Tensor {
	return sample(func(i int) float64 { return math.Sqrt(float64(i)) - 2 })
}

func blank() []safetensors.Tensor { return sample(func(int) float64 { return 0 }) }

// values returns the elements of all tensors.
func values(tensors []safetensors.Tensor) []float64 {
	var out []float64
	for _, x := range tensors {
		out = dense.Append(out, x.Value)
	}
	return out
}

func written(t testing.TB, tensors []safetensors.Tensor, metadata map[string]string) []byte {
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, tensors, metadata))
	return b.Bytes()
}

func read(r io.Reader, into []safetensors.Tensor) error {
	f, err := safetensors.Open(r)
	if err != nil {
		return err
	}
	return f.Read(into)
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
	require.NoError(t, read(iotest.OneByteReader(bytes.NewReader(file)), got))
	assert.Equal(t, want, values(got))
}

// The header ends at a multiple of 8 bytes, and elements of 8 bytes come first.
func TestFileIsAligned(t *testing.T) {
	file := written(t, trained(), nil)
	n := binary.LittleEndian.Uint64(file)
	assert.Zero(t, n%8)
	assert.Equal(t, math.Sqrt(10)-2, math.Float64frombits(binary.LittleEndian.Uint64(file[8+n:])))
	assert.Len(t, file, int(8+n)+3*8+6*4+4)
	assert.Equal(t, file, written(t, trained(), nil), "the same bytes at every save")
}

// Whatever bit of a file is flipped and wherever it is cut: it is refused and
// nothing is changed, or, where the bit has no meaning, the same values load.
func TestAlteredFilesAreRefused(t *testing.T) {
	file, untouched, loaded := written(t, trained(), nil), values(blank()), 0
	for i := range 8 * len(file) {
		altered := bytes.Clone(file)
		altered[i/8] ^= 1 << (i % 8)
		got := blank()
		if err := read(bytes.NewReader(altered), got); err != nil {
			require.Equal(t, untouched, values(got), "bit %d: %v", i, err)
			continue
		}
		require.Equal(t, values(trained()), values(got), "bit %d", i)
		loaded++
	}
	assert.Less(t, loaded, 8*len("declive.sha256")+8*len("dtype shape data_offsets")*3, "only names of fields may hide a bit")
	for n := range file {
		got := blank()
		require.Error(t, read(bytes.NewReader(file[:n]), got), "%d bytes", n)
		require.Equal(t, untouched, values(got), "%d bytes", n)
	}
}

func TestRefusedFiles(t *testing.T) {
	const c = `"c":{"dtype":"F32","shape":[],"data_offsets":[0,4]}`
	scalar := func(name string) safetensors.Tensor {
		return safetensors.Tensor{Name: name, Value: dense.New(tensor.Float32, nil, []float64{1})}
	}
	tests := []struct {
		name, header string
		size         int
		tensors      []safetensors.Tensor
		want         string
	}{
		{"no object", `[]`, 0, nil, "header: no JSON object"},
		{"not text", "{\"\xff\":1}", 0, nil, "header: no JSON object"},
		{"syntax", `{"c":}`, 0, nil, "header at byte 13:"},
		{"text behind", `{} {}`, 0, nil, "header at byte 10: more than spaces"},
		{"twice", `{` + c + `,` + c + `}`, 4, []safetensors.Tensor{scalar("c")}, "c is no name or stands there twice"},
		{"unknown field", `{"c":{"dtype":"F32","shape":[],"data_offsets":[0,4],"stride":1}}`, 4, nil, `unknown field "stride"`},
		{"metadata of numbers", `{"__metadata__":{"epoch":3}}`, 0, nil, "cannot unmarshal number"},
		{"no shape", `{"c":{"dtype":"F32","data_offsets":[0,4]}}`, 4, nil, `"c" has shape [] and offsets [0 4]`},
		{"one offset", `{"c":{"dtype":"F32","shape":[],"data_offsets":[0]}}`, 4, nil, `"c" has shape [] and offsets [0]`},
		{"backwards", `{"c":{"dtype":"F32","shape":[],"data_offsets":[4,0]}}`, 4, nil, `"c" has shape [] and offsets [4 0]`},
		{"negative", `{"c":{"dtype":"F32","shape":[],"data_offsets":[-4,0]}}`, 4, nil, "cannot unmarshal number -4"},
		{"missing", `{` + c + `}`, 4, []safetensors.Tensor{scalar("c"), scalar("d")}, `the file has no tensor "d"`},
		{"extra", `{` + c + `}`, 4, nil, `the file has a tensor "c", which is not among those to be read`},
		{"shape", `{"c":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4, []safetensors.Tensor{scalar("c")},
			`tensor "c" is F32 [1] in the file, want F32 []`},
		{"precision", `{"c":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}`, 4, []safetensors.Tensor{scalar("c")},
			`tensor "c" is I32 [] in the file, want F32 []`},
		{"size", `{"c":{"dtype":"F32","shape":[],"data_offsets":[0,8]}}`, 8, []safetensors.Tensor{scalar("c")},
			`tensor "c" lies at [0 8] in the file, but has 4 bytes`},
		{"gap", `{"c":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}`, 8, []safetensors.Tensor{scalar("c")},
			`tensor "c" lies at [4 8] in the file, want it to start at 0`},
		{"overlap", `{` + c + `,"d":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}`, 4, []safetensors.Tensor{scalar("c"), scalar("d")},
			`tensor "d" lies at [0 4] in the file, want it to start at 4`},
		{"short", `{` + c + `}`, 3, []safetensors.Tensor{scalar("c")}, "elements: the file is truncated, 3 of 4 bytes"},
		{"long", `{` + c + `}`, 5, []safetensors.Tensor{scalar("c")}, "the file goes on after its last tensor"},
		{"checksum", `{"__metadata__":{"declive.sha256":"00"},` + c + `}`, 4, []safetensors.Tensor{scalar("c")}, "and should be 00"},
		{"two of one name", `{` + c + `}`, 4, []safetensors.Tensor{scalar("c"), scalar("c")}, `two tensors are named "c"`},
	}
	for _, test := range tests {
		file := binary.LittleEndian.AppendUint64(nil, uint64(len(test.header)))
		file = append(append(file, test.header...), make([]byte, test.size)...)
		assert.ErrorContains(t, read(bytes.NewReader(file), test.tensors), test.want, test.name)
		for _, x := range test.tensors {
			assert.Equal(t, float32(1), x.Value.Float32s()[0], test.name)
		}
	}
}

func TestHostileLengthOfTheHeader(t *testing.T) {
	err := read(strings.NewReader("\xff\xff\xff\xff\xff\xff\xff\xff{}"), nil)
	assert.ErrorContains(t, err, "length of the header: 18446744073709551615 bytes")
	err = read(strings.NewReader("\x00\xe1\xf5\x05\x00\x00\x00\x00{}"), nil)
	assert.ErrorContains(t, err, "header: the file is truncated, 2 of 100000000 bytes")
}

func TestFailingReaderAndWriter(t *testing.T) {
	broken := errors.New("broken disk")
	file := written(t, trained(), nil)
	for _, n := range []int{0, 5, 20, len(file) - 1, len(file)} {
		got := blank()
		r := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken))
		assert.ErrorIs(t, read(r, got), broken, "%d bytes", n)
		assert.Equal(t, values(blank()), values(got))
	}
	for n := range 3 { // the parts of a file
		assert.ErrorIs(t, safetensors.Write(&failing{after: n, err: broken}, trained(), nil), broken)
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

// Long tensors are encoded in pieces.
func TestLongTensors(t *testing.T) {
	const n = 3*8192 + 5 // three whole pieces and a part
	long := func() []safetensors.Tensor {
		return []safetensors.Tensor{{"a", dense.Zeros(tensor.Float32, n)}, {"b", dense.Zeros(tensor.Float64, n)}}
	}
	in, out := long(), long()
	for i := range n {
		dense.SetElement(in[0].Value, i, float64(i)+0.5)
		dense.SetElement(in[1].Value, i, 1/float64(i+1))
	}
	require.NoError(t, read(bytes.NewReader(written(t, in, nil)), out))
	assert.Equal(t, values(in), values(out))
}

func TestMetadata(t *testing.T) {
	metadata := map[string]string{"declive.steps": "17", "declive.seed": "3", "note": "schräg \"quoted\"\n"}
	file := written(t, trained(), metadata)
	f, err := safetensors.Open(bytes.NewReader(file))
	require.NoError(t, err)
	assert.Equal(t, metadata, f.Metadata, "without the checksum")
	require.Len(t, f.Entries, 3)
	assert.Equal(t, safetensors.Entry{Name: "schräg", Dtype: "F64", Shape: []uint64{3}, Offsets: []uint64{0, 24}}, f.Entries[0])
	got := blank()
	require.NoError(t, f.Read(got))
	assert.Equal(t, values(trained()), values(got))

	steps := bytes.Replace(file, []byte(`"17"`), []byte(`"18"`), 1)
	assert.ErrorContains(t, read(bytes.NewReader(steps), blank()), "the file is altered", "the checksum covers our keys")
	note := bytes.Replace(file, []byte("quoted"), []byte("QUOTED"), 1)
	assert.NoError(t, read(bytes.NewReader(note), blank()), "and no others")
}

func TestRefusedTensors(t *testing.T) {
	turned := dense.Zeros(tensor.Float32, 2, 3)
	require.NoError(t, turned.T())
	for _, c := range []struct {
		tensor   safetensors.Tensor
		metadata map[string]string
		want     string
	}{
		{safetensors.Tensor{Name: "a", Value: turned}, nil, `tensor "a": the tensor is not contiguous and row-major`},
		{safetensors.Tensor{Name: "a", Value: dense.Wrap([]int{2}, []int{1, 2})}, nil, `tensor "a": precision int is neither`},
		{safetensors.Tensor{Name: "a"}, nil, `tensor "a": the tensor is nil`},
		{safetensors.Tensor{Name: "__metadata__", Value: dense.Zeros(tensor.Float32)}, nil, `the format has no room for a tensor named "__metadata__"`},
		{safetensors.Tensor{Name: "\xff", Value: dense.Zeros(tensor.Float32)}, nil, `the format has no room for a tensor named "\xff"`},
		{trained()[0], map[string]string{"declive.sha256": "mine"}, `no room for metadata "declive.sha256": "mine"`},
		{trained()[0], map[string]string{"a": "\xff"}, `no room for metadata "a": "\xff"`},
	} {
		var b bytes.Buffer
		assert.ErrorContains(t, safetensors.Write(&b, []safetensors.Tensor{c.tensor}, c.metadata), c.want)
		assert.Zero(t, b.Len(), "nothing is written")
	}
	f, err := safetensors.Open(bytes.NewReader(written(t, trained(), nil)))
	require.NoError(t, err)
	assert.ErrorContains(t, f.Read([]safetensors.Tensor{{"c", turned}}), "not contiguous")
}

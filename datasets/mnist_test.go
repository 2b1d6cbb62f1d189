package datasets_test

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
)

// idx returns a file with the given words in its header.
func idx(data []byte, header ...uint32) []byte {
	var file []byte
	for _, word := range header {
		file = binary.BigEndian.AppendUint32(file, word)
	}
	return append(file, data...)
}

var (
	twoImages = idx([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 2051, 2, 3, 2)
	twoLabels = idx([]byte{9, 4}, 2049, 2)
)

func TestReadMNIST(t *testing.T) {
	d, err := datasets.ReadMNIST(bytes.NewReader(gzipped(t, twoImages)), bytes.NewReader(twoLabels))
	require.NoError(t, err)
	assert.Equal(t, autodiff.Shape{1, 3, 2}, d.Shape())
	assert.Equal(t, []int{9, 4}, d.Labels())
	assert.Len(t, d.Classes(), 10)
	b, err := d.All()
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, b.X.Data())
}

func TestReadMNISTErrors(t *testing.T) {
	long := append(bytes.Clone(twoImages), 13)
	for _, test := range []struct {
		name           string
		images, labels []byte
		want           string
	}{
		{"empty", nil, twoLabels, "at byte 0: the file ends too early: unexpected EOF"},
		{"magic cut short", twoImages[:3], twoLabels, "at byte 3: the file ends after 3 of the 4 bytes of a record: unexpected EOF"},
		{"magic", twoLabels, twoLabels, "at byte 0: magic number 2049, want 2051"},
		{"labels' magic", twoImages, twoImages, "at byte 0: magic number 2051, want 2049"},
		{"header cut short", twoImages[:12], twoLabels, "at byte 12: the file ends too early: unexpected EOF"},
		{"truncated", twoImages[:27], twoLabels, "at byte 27: the file ends after 11 of the 12 bytes of a record: unexpected EOF"},
		{"trailing", long, twoLabels, "at byte 28: the file goes on where it should end"},
		{"no images", idx(nil, 2051, 0, 3, 2), twoLabels, "at byte 4: axis 0 has length 0, which makes 0 bytes, want 1 to 1073741824"},
		{"too large", idx(nil, 2051, 2, 1<<30, 2), twoLabels, "at byte 8: axis 1 has length 1073741824, which makes 2147483648 bytes, want 1 to 1073741824"},
		{"only a header", idx(nil, 2051, 1, 1<<15, 1<<15), twoLabels, "at byte 16: the file ends too early: unexpected EOF"},
		{"counts", twoImages, idx([]byte{1}, 2049, 1), "at byte 4: 1 labels for 2 images"},
		{"label", twoImages, idx([]byte{1, 10}, 2049, 2), "at byte 9: label 10, want 0 to 9"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := datasets.ReadMNIST(bytes.NewReader(test.images), bytes.NewReader(test.labels))
			assert.EqualError(t, err, "datasets: IDX: "+test.want)
		})
	}
}

func TestLoadMNIST(t *testing.T) {
	fsys := fstest.MapFS{
		"train-images-idx3-ubyte.gz": {Data: gzipped(t, twoImages)},
		"train-labels-idx1-ubyte":    {Data: twoLabels},
		"t10k-images-idx3-ubyte":     {Data: twoImages},
		"t10k-labels-idx1-ubyte.gz":  {Data: gzipped(t, idx([]byte{1, 2}, 2049, 2))},
	}
	train, test, err := datasets.LoadMNIST(fsys)
	require.NoError(t, err)
	assert.Equal(t, []int{9, 4}, train.Labels())
	assert.Equal(t, []int{1, 2}, test.Labels())

	fsys["t10k-labels-idx1-ubyte.gz"].Data = gzipped(t, idx([]byte{1, 12}, 2049, 2))
	_, _, err = datasets.LoadMNIST(fsys)
	assert.EqualError(t, err, "datasets: IDX: t10k-labels-idx1-ubyte.gz at byte 9: label 12, want 0 to 9")
	delete(fsys, "train-labels-idx1-ubyte")
	_, _, err = datasets.LoadMNIST(fsys)
	assert.ErrorIs(t, err, fs.ErrNotExist)
}

// The figures are those of the description that comes with the data.
func TestRealFashionMNIST(t *testing.T) {
	d, err := datasets.LoadMNISTPart(os.DirFS(folder(t, "fashion-mnist")), "t10k")
	require.NoError(t, err)
	assert.Equal(t, 10000, d.Len())
	assert.Equal(t, []int{9, 2, 1, 1, 6, 1, 4, 6, 5, 7}, d.Labels()[:10])
	sum := 0.0
	for _, m := range datasets.SubtractMean(d).Shift {
		sum += m
	}
	assert.InDelta(t, 73.1466, sum/784, 0.5e-4)
	d = must(t)(d.WithLabels(d.Labels(), datasets.FashionClasses()...))
	assert.Equal(t, "ankle boot", d.Classes()[d.Labels()[0]])
}

func FuzzReadMNIST(f *testing.F) {
	f.Add(twoImages, twoLabels)
	f.Add(gzipped(f, twoImages), twoLabels[:9])
	f.Add(idx(nil, 2051, 1<<20, 1<<20, 1<<20), twoLabels)
	f.Fuzz(func(t *testing.T, images, labels []byte) {
		d, err := datasets.ReadMNIST(bytes.NewReader(images), bytes.NewReader(labels))
		if err != nil {
			var format *datasets.FormatError
			require.ErrorAs(t, err, &format)
			require.Nil(t, d)
			return
		}
		b, err := d.All()
		require.NoError(t, err)
		require.Equal(t, d.Len()*d.Features(), len(b.X.Float32s()))
		if images[0] != 0x1f {
			require.Equal(t, float32(images[len(images)-1]), b.X.Float32s()[len(images)-17])
		}
	})
}

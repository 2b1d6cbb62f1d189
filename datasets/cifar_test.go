package datasets_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
)

// cifarRecords returns records with the given labels, whose pixels all have
// the value of ten times the label.
func cifarRecords(labels ...byte) []byte {
	var file []byte
	for _, label := range labels {
		file = append(file, label)
		file = append(file, bytes.Repeat([]byte{10 * label}, 3072)...)
	}
	return file
}

func gzipped(t testing.TB, data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

func TestReadCIFAR10(t *testing.T) {
	plain := cifarRecords(3, 0, 9)
	for name, r := range map[string]io.Reader{
		"plain":         bytes.NewReader(plain),
		"gzip":          bytes.NewReader(gzipped(t, plain)),
		"a byte a read": iotest.OneByteReader(bytes.NewReader(plain)),
		"data with EOF": iotest.DataErrReader(bytes.NewReader(plain)),
	} {
		t.Run(name, func(t *testing.T) {
			d, err := datasets.ReadCIFAR10(r)
			require.NoError(t, err)
			assert.Equal(t, autodiff.Shape{3, 32, 32}, d.Shape())
			assert.Equal(t, []int{3, 0, 9}, d.Labels())
			assert.Equal(t, "truck", d.Classes()[9])
			b, err := d.Batch(2)
			require.NoError(t, err)
			assert.Equal(t, float32(90), b.X.Float32s()[3071])
		})
	}
}

func TestReadCIFAR10Errors(t *testing.T) {
	three := cifarRecords(1, 2, 3)
	damaged := gzipped(t, three)
	damaged[len(damaged)-8] ^= 1 // in the checksum
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "at byte 0: the file has no records"},
		{"label", append(cifarRecords(1), 10), "at byte 3073: label 10, want 0 to 9"},
		{"only a label", three[:2*3073+1], "at byte 6147: the file ends after the label of a record: unexpected EOF"},
		{"truncated", three[:2*3073+100], "at byte 6246: the file ends after 99 of the 3072 bytes of a record: unexpected EOF"},
		{"truncated gzip", gzipped(t, three)[:40], "unexpected EOF"},
		{"gzip checksum", damaged, "at byte 9219: gzip: invalid checksum"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := datasets.ReadCIFAR10(bytes.NewReader(test.file))
			var format *datasets.FormatError
			require.ErrorAs(t, err, &format)
			assert.ErrorContains(t, err, "datasets: CIFAR-10: at byte ")
			assert.ErrorContains(t, err, test.want)
		})
	}
	_, err := datasets.ReadCIFAR10(iotest.ErrReader(errors.New("broken disk")))
	assert.EqualError(t, err, "datasets: CIFAR-10: at byte 0: broken disk")
}

func TestLoadCIFAR10(t *testing.T) {
	fsys := fstest.MapFS{
		"data_batch_1.bin":    {Data: cifarRecords(1, 2)},
		"data_batch_2.bin.gz": {Data: gzipped(t, cifarRecords(3))},
		"data_batch_3.bin":    {Data: cifarRecords(4)},
		"data_batch_4.bin":    {Data: cifarRecords(5, 6, 7)},
		"data_batch_5.bin.gz": {Data: gzipped(t, cifarRecords(8))},
		"test_batch.bin":      {Data: cifarRecords(0)},
	}
	train, test, err := datasets.LoadCIFAR10(fsys)
	require.NoError(t, err)
	assert.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 8}, train.Labels())
	assert.Equal(t, []int{0}, test.Labels())
	all, err := train.All()
	require.NoError(t, err)
	for i, x := range all.X.Float32s() {
		require.Equal(t, float32(10*train.Labels()[i/3072]), x)
	}

	fsys["data_batch_2.bin.gz"].Data = gzipped(t, cifarRecords(11))
	_, _, err = datasets.LoadCIFAR10(fsys)
	assert.EqualError(t, err, "datasets: CIFAR-10: data_batch_2.bin.gz at byte 0: label 11, want 0 to 9")
	fsys["data_batch_2.bin.gz"].Data = gzipped(t, cifarRecords(make([]byte, 10001)...))
	_, _, err = datasets.LoadCIFAR10(fsys)
	assert.EqualError(t, err, "datasets: CIFAR-10: data_batch_2.bin.gz at byte 30730000: the file goes on where it should end")
	delete(fsys, "data_batch_2.bin.gz")
	_, _, err = datasets.LoadCIFAR10(fsys)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "datasets: open data_batch_2.bin: ")
}

// The figures are those of the description that comes with the data.
func TestRealCIFAR10(t *testing.T) {
	train, test, err := datasets.LoadCIFAR10(os.DirFS(folder(t, "cifar10")))
	require.NoError(t, err)
	assert.Equal(t, 50000, train.Len())
	assert.Equal(t, 10000, test.Len())
	assert.Equal(t, []int{6, 9, 9, 4, 1, 1, 2, 7, 8, 3}, train.Labels()[:10])
	assert.Equal(t, []int{3, 8, 8, 0, 6, 6, 1, 6, 3, 1}, test.Labels()[:10])
	counts := make([]int, 10)
	for _, y := range train.Labels() {
		counts[y]++
	}
	assert.Equal(t, []int{5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000}, counts)
	b, err := train.Batch(0)
	require.NoError(t, err)
	assert.Equal(t, []float32{59, 43, 50, 68, 98, 119}, b.X.Float32s()[:6])

	channels := datasets.StandardiseChannels(must(t)(train.With(datasets.Scale(1.0 / 255))))
	for c, want := range [][2]float64{{0.4914, 0.2470}, {0.4822, 0.2435}, {0.4465, 0.2616}} {
		assert.InDelta(t, want[0], channels.Shift[c*1024], 0.5e-4)
		assert.InDelta(t, want[1], 1/channels.Scale[c*1024], 0.5e-4)
	}
}

func FuzzReadCIFAR10(f *testing.F) {
	f.Add(cifarRecords(3, 0))
	f.Add(cifarRecords(3, 0)[:4000])
	f.Add(gzipped(f, cifarRecords(9)))
	f.Add([]byte{10})
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := datasets.ReadCIFAR10(bytes.NewReader(file))
		if err != nil {
			var format *datasets.FormatError
			require.ErrorAs(t, err, &format)
			require.Nil(t, d)
			return
		}
		require.Equal(t, d.Len(), len(d.Labels()))
		b, err := d.Batch(d.Len() - 1)
		require.NoError(t, err)
		if file[0] != 0x1f { // not packed: the last record is the last 3073 bytes
			last := file[len(file)-3073:]
			require.Equal(t, int(last[0]), b.Y.Ints()[0])
			require.Equal(t, float32(last[3072]), b.X.Float32s()[3071])
		}
	})
}

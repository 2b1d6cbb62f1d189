package datasets_test

import (
	"archive/tar"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"math"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/autodiff"
	"declive/datasets"
)

// tarred returns a gzipped tar archive of the files.
func tarred(t *testing.T, files map[string][]byte) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/", Typeflag: tar.TypeDir}))
	for name, content := range files {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/" + name, Typeflag: tar.TypeReg, Size: int64(len(content)), Mode: 0o644}))
		_, err := w.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return gzipped(t, b.Bytes())
}

func cifarFiles() map[string][]byte {
	return map[string][]byte{
		"data_batch_1.bin": cifarRecords(1, 2), "data_batch_2.bin": cifarRecords(3), "data_batch_3.bin": cifarRecords(4),
		"data_batch_4.bin": cifarRecords(5), "data_batch_5.bin": cifarRecords(8), "test_batch.bin": cifarRecords(0, 7),
		"readme.html": []byte("<html>"),
	}
}

func TestLoadCIFAR10AsDownloaded(t *testing.T) {
	folder := fstest.MapFS{}
	for name, content := range cifarFiles() {
		folder["cifar-10-batches-bin/"+name] = &fstest.MapFile{Data: content}
	}
	for _, fsys := range []fs.FS{folder, fstest.MapFS{"cifar-10-binary.tar.gz": {Data: tarred(t, cifarFiles())}}} {
		train, test, err := datasets.LoadCIFAR10(fsys)
		require.NoError(t, err)
		assert.Equal(t, []int{1, 2, 3, 4, 5, 8}, train.Labels())
		assert.Equal(t, []int{0, 7}, test.Labels())
	}
	folder["cifar-10-batches-bin/data_batch_2.bin"].Data = []byte("\x80\x02}q\x01")
	_, _, err := datasets.LoadCIFAR10(folder)
	assert.ErrorContains(t, err, "cifar-10-batches-bin/data_batch_2.bin at byte 0: the file is a pickle, of Python")
	_, _, err = datasets.LoadCIFAR10(fstest.MapFS{"cifar-10-batches-py/data_batch_1": {}})
	assert.EqualError(t, err, "datasets: cifar-10-batches-py/data_batch_1 is of the version of CIFAR-10 for Python; get the binary version, cifar-10-binary.tar.gz")
	files := cifarFiles()
	delete(files, "data_batch_4.bin")
	_, _, err = datasets.LoadCIFAR10(fstest.MapFS{"cifar-10-binary.tar.gz": {Data: tarred(t, files)}})
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "data_batch_4.bin")
	_, _, err = datasets.LoadCIFAR10(fstest.MapFS{"cifar-10-binary.tar.gz": {Data: tarred(t, cifarFiles())[:200]}})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

// cifar100Records returns records with the given labels, coarse and fine by turns,
// whose pixels have the value of the fine one.
func cifar100Records(labels ...byte) (file []byte) {
	for i := 0; i < len(labels); i += 2 {
		file = append(append(file, labels[i:i+2]...), bytes.Repeat(labels[i+1:i+2], 3072)...)
	}
	return file
}

func TestCIFAR100(t *testing.T) {
	files := fstest.MapFS{
		"cifar-100-binary/train.bin": {Data: cifar100Records(4, 0, 14, 98, 19, 41)},
		"cifar-100-binary/test.bin":  {Data: cifar100Records(0, 4)},
	}
	train, test, err := datasets.LoadCIFAR100(files, datasets.CIFAR100Fine)
	require.NoError(t, err)
	assert.Equal(t, []int{0, 98, 41}, train.Labels())
	assert.Len(t, train.Classes(), 100)
	assert.Equal(t, "woman", train.Classes()[98])
	b, err := train.Batch(1)
	require.NoError(t, err)
	assert.Equal(t, float32(98), b.X.Float32s()[3071])
	assert.Equal(t, []int{4}, test.Labels())
	train, _, err = datasets.LoadCIFAR100(files, datasets.CIFAR100Coarse)
	require.NoError(t, err)
	assert.Equal(t, []int{4, 14, 19}, train.Labels())
	assert.Equal(t, "people", train.Classes()[14])
	assert.Len(t, train.Classes(), 20)
	for want, file := range map[string][]byte{
		"at byte 3074: label 20, want 0 to 19":                                        cifar100Records(1, 1, 20, 1),
		"at byte 3075: label 100, want 0 to 99":                                       cifar100Records(1, 1, 2, 100),
		"at byte 1: the file ends after 1 of the 2 bytes of a record: unexpected EOF": {1},
	} {
		_, err := datasets.ReadCIFAR100(bytes.NewReader(file), datasets.CIFAR100Fine)
		assert.EqualError(t, err, "datasets: CIFAR-100: "+want)
	}
}

func TestMNISTByItsOtherNames(t *testing.T) {
	for _, names := range [][2]string{{"", "-idx"}, {"MNIST/raw/", "-idx"}, {"raw/", ".idx"}, {"", ".idx"}} {
		files := fstest.MapFS{}
		for _, part := range []string{"train", "t10k"} {
			files[names[0]+part+"-images"+names[1]+"3-ubyte.gz"] = &fstest.MapFile{Data: gzipped(t, twoImages)}
			files[names[0]+part+"-labels"+names[1]+"1-ubyte"] = &fstest.MapFile{Data: twoLabels}
		}
		train, _, err := datasets.LoadMNIST(files)
		require.NoError(t, err)
		assert.Equal(t, []int{9, 4}, train.Labels())
	}
	_, _, err := datasets.LoadMNIST(fstest.MapFS{"train-images-idx3-ubyte": {Data: []byte("version https://git-lfs.github.com/spec/v1\n")}, "train-labels-idx1-ubyte": {Data: twoLabels}})
	assert.EqualError(t, err, "datasets: IDX: train-images-idx3-ubyte at byte 0: the file is a pointer of Git LFS in place of the file; fetch it with git lfs pull")
}

func TestEMNIST(t *testing.T) {
	files := fstest.MapFS{}
	for _, part := range []string{"letters-train", "letters-test", "balanced-train", "balanced-test"} {
		files["gzip/emnist-"+part+"-images-idx3-ubyte.gz"] = &fstest.MapFile{Data: gzipped(t, twoImages)} // of 3 rows and 2 columns
		files["gzip/emnist-"+part+"-labels-idx1-ubyte.gz"] = &fstest.MapFile{Data: gzipped(t, idx([]byte{1, 26}, 2049, 2))}
	}
	train, _, err := datasets.LoadEMNIST(files, "letters")
	require.NoError(t, err)
	assert.Equal(t, []int{0, 25}, train.Labels())
	assert.Equal(t, "Z", train.Classes()[25])
	assert.Equal(t, autodiff.Shape{1, 2, 3}, train.Shape())
	b, err := train.All()
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 3, 5, 2, 4, 6, 7, 9, 11, 8, 10, 12}, b.X.Data())
	train, _, err = datasets.LoadEMNIST(files, "balanced")
	require.NoError(t, err)
	assert.Equal(t, []int{1, 26}, train.Labels())
	assert.Len(t, train.Classes(), 47)
	files["gzip/emnist-letters-test-labels-idx1-ubyte.gz"].Data = gzipped(t, idx([]byte{0, 1}, 2049, 2))
	_, _, err = datasets.LoadEMNIST(files, "letters")
	assert.EqualError(t, err, "datasets: IDX: gzip/emnist-letters-test-labels-idx1-ubyte.gz at byte 8: label 0, want 1 to 26")
}

func TestReadIDX(t *testing.T) {
	big := binary.BigEndian
	for _, c := range []struct {
		kind byte
		data []byte
		x    []float64
	}{
		{8, []byte{0, 1, 127, 128, 254, 255}, []float64{0, 1, 127, 128, 254, 255}},
		{9, []byte{0, 1, 127, 128, 254, 255}, []float64{0, 1, 127, -128, -2, -1}},
		{11, []byte{0, 1, 1, 0, 127, 255, 128, 0, 255, 255, 0, 0}, []float64{1, 256, 32767, -32768, -1, 0}},
		{12, big.AppendUint32(big.AppendUint32(make([]byte, 16), 1<<31), 1<<31-1), []float64{0, 0, 0, 0, -1 << 31, 1<<31 - 1}},
		{13, big.AppendUint32(big.AppendUint32(make([]byte, 16), math.Float32bits(-0.1)), math.Float32bits(2.5)), []float64{0, 0, 0, 0, float64(float32(-0.1)), 2.5}},
		{14, big.AppendUint64(big.AppendUint64(make([]byte, 32), math.Float64bits(-0.1)), math.Float64bits(1e300)), []float64{0, 0, 0, 0, -0.1, 1e300}},
	} {
		file := idx(c.data, uint32(c.kind)<<8|2, 3, 2)
		d := must(t)(datasets.ReadIDX(bytes.NewReader(file)))
		b, err := d.Float64().All()
		require.NoError(t, err)
		assert.Equal(t, c.x, b.X.Data(), "type %d", c.kind)
		assert.Equal(t, autodiff.Shape{2}, d.Shape())
		_, err = datasets.ReadIDX(bytes.NewReader(file[:len(file)-1]))
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	}
	for want, file := range map[string][]byte{
		"at byte 0: magic number 2562 is none of IDX":                                               idx(nil, 10<<8|2, 1, 1),
		"at byte 0: magic number 2048 is none of IDX":                                               idx(nil, 8<<8, 1),
		"at byte 0: magic number 16779266 is none of IDX":                                           idx(nil, 1<<24|8<<8|2, 1, 1),
		"at byte 16: a number is not finite":                                                        idx(big.AppendUint32(make([]byte, 4), math.Float32bits(float32(math.NaN()))), 13<<8|2, 2, 1),
		"at byte 0: the file is an npy file, of a NumPy array; save it as text, with numpy.savetxt": []byte("\x93NUMPY\x01\x00"),
	} {
		_, err := datasets.ReadIDX(bytes.NewReader(file))
		assert.EqualError(t, err, "datasets: IDX: "+want)
	}
}

func FuzzReadIDX(f *testing.F) {
	f.Add(twoImages)
	f.Add(idx(make([]byte, 16), 14<<8|2, 1, 2))
	f.Fuzz(func(t *testing.T, file []byte) {
		d, err := datasets.ReadIDX(bytes.NewReader(file))
		if err != nil {
			require.Nil(t, d)
			return
		}
		_, err = d.Batch(d.Len() - 1)
		require.NoError(t, err)
	})
}

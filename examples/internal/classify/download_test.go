package classify

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"declive/datasets/fetch"
)

// Where nothing can be fetched, the error says which files to put where.
func TestDownloadWithoutANetwork(t *testing.T) {
	for data, file := range map[string]string{"cifar10": "data_batch_1.bin", "mnist": "train-images-idx3-ubyte.gz"} {
		s := parsed(t, "-data", data, "-download", "-dir", t.TempDir())
		s.offered = fetch.Download{Client: &http.Client{Transport: http.NewFileTransport(http.Dir(t.TempDir()))}} // an empty server
		err := s.download(context.Background())
		assert.ErrorContains(t, err, "404")
		assert.ErrorContains(t, err, "put "+file)
	}
	s := parsed(t)
	require.NoError(t, s.download(context.Background()))
	assert.Empty(t, s.Dir)
}

// What is there is not fetched again.
func TestDownloadOfWhatIsThere(t *testing.T) {
	folder := os.Getenv("DECLIVE_DATA")
	if folder == "" {
		t.Skip("needs CIFAR-10 in the folder cifar10 of DECLIVE_DATA")
	}
	s := parsed(t, "-data", "cifar10", "-download", "-dir", folder)
	s.offered.Client = &http.Client{Transport: http.NewFileTransport(http.Dir(t.TempDir()))}
	require.NoError(t, s.download(context.Background()))
	assert.Equal(t, filepath.Join(folder, "cifar10"), s.Dir)
}

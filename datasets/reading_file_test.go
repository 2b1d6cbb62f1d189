package datasets_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"declive/datasets"
)

// BenchmarkReadFile reads the table that DECLIVE_TABLE names, of numbers and a class
// without a header, or of LIBSVM if its name ends with .svm.
func BenchmarkReadFile(b *testing.B) {
	name := os.Getenv("DECLIVE_TABLE")
	info, err := os.Stat(name)
	if err != nil {
		b.Skip("DECLIVE_TABLE names no file: ", err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		f, err := os.Open(name)
		require.NoError(b, err)
		if strings.HasSuffix(name, ".svm") {
			_, _, err = datasets.LIBSVM{}.ReadSparse(f)
		} else {
			_, err = datasets.CSV{Header: datasets.HeaderNo}.Read(f)
		}
		require.NoError(b, err)
		require.NoError(b, f.Close())
	}
}

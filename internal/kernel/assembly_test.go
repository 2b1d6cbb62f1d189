package kernel

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAVX2Registers looks for registers of AVX-512 in functions for processors
// without: the assembler would encode them, and a computer that has both does
// not notice.
func TestAVX2Registers(t *testing.T) {
	files, err := filepath.Glob("*/*_amd64.s")
	require.NoError(t, err)
	high := regexp.MustCompile(`\b([XY](1[6-9]|2[0-9]|3[01])|Z[0-9]+|K[0-7])\b`)
	functions := 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, f := range strings.Split(string(source), "\nTEXT ")[1:] {
			title, body, _ := strings.Cut(f, "\n")
			if strings.Contains(title, "AVX2") {
				functions++
				assert.Empty(t, high.FindString(body), "%s in %s", title, name)
			}
		}
	}
	assert.NotZero(t, functions)
}

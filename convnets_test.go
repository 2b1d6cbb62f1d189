package declive_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestConvnetsCode builds the blocks of Go of docs/convnets.md into one program, as
// TestLectureCode does, and runs them on a few images of noise.
func TestConvnetsCode(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	var functions, calls strings.Builder
	for i, block := range blocks(t, "docs/convnets.md") {
		body := ellipsis.ReplaceAllString(block, "if err != nil {\nreturn err\n}")
		fmt.Fprintf(&functions, "func block%d(ctx context.Context, rng *rand.Rand, train *datasets.Dataset) (err error) {\n%sreturn err\n}\n\n", i+1, body)
		fmt.Fprintf(&calls, "try(\"block %d\", block%[1]d)\n", i+1)
	}
	frame, err := os.ReadFile("testdata/convnets/main.go.txt")
	require.NoError(t, err)
	program := strings.NewReplacer("//CALLS\n", calls.String(), "//FUNCTIONS\n", functions.String()).Replace(string(frame))
	out := runGo(t, "", "run", writeGo(t, "main.go", program))
	assert.Contains(t, out, "(100, 15, 15, 256)")
}

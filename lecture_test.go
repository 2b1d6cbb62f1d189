package declive_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The pages of the lecture, in its order of languages.
var lecturePages = []string{"docs/lecture.md", "docs/aula.md"}

var (
	goBlock  = regexp.MustCompile("(?s)```go\n(.*?)```")
	picture  = regexp.MustCompile(`\]\(([^)]+\.(?:png|svg))\)`)
	comment  = regexp.MustCompile(`\s*//.*`)
	ellipsis = regexp.MustCompile(`(?m)^\s*\.\.\.$`)
)

// TestLectureCode builds every block of Go in the lecture's pages into one
// program and runs it on little generated data. A block is the body of a
// function that returns an error; its lines of ... stand for returning it.
func TestLectureCode(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	var functions, calls strings.Builder
	for _, page := range lecturePages {
		for i, block := range blocks(t, page) {
			name := fmt.Sprintf("%s%d", strings.TrimSuffix(filepath.Base(page), ".md"), i+1)
			body := ellipsis.ReplaceAllString(block, "if err != nil {\nreturn err\n}")
			fmt.Fprintf(&functions, "func %s(ctx context.Context, rng *rand.Rand, train, test *datasets.Dataset) error {\n%sreturn nil\n}\n\n", name, body)
			fmt.Fprintf(&calls, "try(%q, %s)\n", name, name)
		}
	}
	frame, err := os.ReadFile("testdata/lecture/main.go.txt")
	require.NoError(t, err)
	program := strings.NewReplacer("//CALLS\n", calls.String(), "//FUNCTIONS\n", functions.String()).Replace(string(frame))
	out := runGo(t, "", "run", writeGo(t, "main.go", program))
	t.Logf("%s", out)
	assert.NotContains(t, out, "NaN")
}

func blocks(t *testing.T, page string) []string {
	t.Helper()
	text, err := os.ReadFile(page)
	require.NoError(t, err)
	var all []string
	for _, m := range goBlock.FindAllStringSubmatch(string(text), -1) {
		all = append(all, m[1])
	}
	require.NotEmpty(t, all)
	return all
}

// Both pages show the same code; only its comments are translated.
func TestLectureCodeIsTheSame(t *testing.T) {
	english, portuguese := blocks(t, lecturePages[0]), blocks(t, lecturePages[1])
	require.Len(t, portuguese, len(english))
	for i := range english {
		assert.Equal(t, comment.ReplaceAllString(english[i], ""), comment.ReplaceAllString(portuguese[i], ""), "block %d", i+1)
	}
}

// Every picture of the pages is there, and together they stay small.
func TestLecturePictures(t *testing.T) {
	used := map[string]bool{}
	for _, page := range lecturePages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, m := range picture.FindAllStringSubmatch(string(text), -1) {
			path := filepath.Join(filepath.Dir(page), m[1])
			assert.FileExists(t, path)
			used[path] = true
		}
	}
	files, err := filepath.Glob("docs/lecture/*")
	require.NoError(t, err)
	size := int64(0)
	for _, f := range files {
		assert.True(t, used[f], "%s is in no page", f)
		info, err := os.Stat(f)
		require.NoError(t, err)
		size += info.Size()
	}
	assert.Less(t, size, int64(2<<20))
}

package brief

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTextIsCut(t *testing.T) {
	assert.Equal(t, "häu", Text("häu", 3))
	assert.Equal(t, "hä…", Text("häus", 3))
	assert.Equal(t, "…us", TextFromEnd("häus", 3))
	assert.Equal(t, "us", TextFromEnd("us", 3))
	assert.Equal(t, `"a\"b"`, Quoted(`a"b`))
	assert.Equal(t, `"`+strings.Repeat("x", 39)+`…"`, Quoted(strings.Repeat("x", 100)))
	assert.Equal(t, `"`+strings.Repeat(`\u200b`, 9)+`…"`, Quoted(strings.Repeat("\u200b", 100)), "what is written")
}

func TestLists(t *testing.T) {
	assert.Equal(t, "[]", List(nil))
	assert.Equal(t, `["a" "b c"]`, List([]string{"a", "b c"}))
	long := make([]string, 1000)
	assert.Regexp(t, `^\["" "" .*… 9\d\d more\]$`, List(long))
}

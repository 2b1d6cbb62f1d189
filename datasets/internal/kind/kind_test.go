package kind

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
)

func TestWrongKinds(t *testing.T) {
	tar := make([]byte, 512)
	copy(tar, "table.csv")
	copy(tar[257:], "ustar\x0000")
	for head, want := range map[string]string{
		"\x80\x04\x95\x10":          "a pickle",
		"\xfd7zXZ\x00\x00":          "packed with xz",
		"PK\x03\x04\x14":            "a zip file",
		"\x93NUMPY\x01\x00":         "an npy file",
		"PAR1\x15\x04":              "a Parquet file",
		"\x89HDF\r\n\x1a\n":         "an HDF5 file",
		string(tar):                 "a tar archive",
		`{"a": [1, 2]}`:             "JSON",
		"[\n  {\"a\": 1}\n]":        "JSON",
		"[[1,2],[3,4]]":             "JSON",
		"\n<!DOCTYPE html>\n<html>": "an HTML page",
		"<HTML><body>":              "an HTML page",
		"version https://git-lfs.github.com/spec/v1\n": "a pointer of Git LFS",
		"\xff\xfea\x00,\x00":                           "text in UTF-16",
		wide("a,b\n1,2\n"):                             "text in UTF-16",
		"a,b\n1,\x002\n":                               "no text",
		"@RELATION iris\n":                             "an ARFF file",
	} {
		assert.True(t, strings.HasPrefix(NoText([]byte(head)), want), "%q is %q", head, NoText([]byte(head)))
	}
	for _, head := range []string{"", "a,b\n1,2\n", "[x],y\n1,2\n", "{a},b\n", "1 1:2\n", "é,ü\n", "\"a\",b\n", "<5,3\n", "\x80,1\n"} {
		assert.Empty(t, NoText([]byte(head)), "%q", head)
	}
}

// Examples in binary formats have any bytes.
func TestBinaryFormatsAreNoWrongKind(t *testing.T) {
	for _, head := range []string{"\x00\x00\x08\x03\x00\x00", "\x06\x00\x00\x00\x00", "\x09\x00\x01\x00\x01\x00\x01\x00\x01"} {
		assert.Empty(t, Of([]byte(head)), "%q", head)
		assert.NotEmpty(t, NoText([]byte(head)), "%q", head)
	}
	assert.NotEmpty(t, Of([]byte("\x80\x02}q\x00")))
}

// wide returns a text in UTF-16 without a mark of its byte order.
func wide(text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func TestLinesThatEndWithCarriageReturns(t *testing.T) {
	assert.Contains(t, NoText([]byte("a,b\r1,2\r")), `end with \r alone`)
	assert.Empty(t, NoText([]byte("a,b\r\n1,2\r\n")))
	assert.Empty(t, NoText([]byte("a,b\r")))
}

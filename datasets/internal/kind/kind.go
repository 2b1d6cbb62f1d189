// Package kind says what a file is that some reader did not expect.
package kind

import (
	"bytes"
	"strings"
)

// magics are the first bytes of files, and what such a file is.
var magics = []struct{ head, kind string }{
	{"\xfd7zXZ\x00", "packed with xz; unpack it with xz -d"},
	{"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"},
	{"Rar!", "a rar archive; unpack it"},
	{"\x1f\x9d", "packed with compress; unpack it with uncompress"},
	{"PK\x05\x06", "an empty zip file"},
	{"PK\x03\x04", "a zip file; unpack it"},
	{"\x1f\x8b", "packed with gzip; unpack it"},
	{"\x93NUMPY", "an npy file, of a NumPy array; save it as text, with numpy.savetxt"},
	{"PAR1", "a Parquet file; write it as CSV"},
	{"ARROW1", "an Arrow file; write it as CSV"},
	{"FEA1", "a Feather file; write it as CSV"},
	{"\x89HDF\r\n\x1a\n", "an HDF5 file; write it as CSV"},
	{"SQLite format 3\x00", "an SQLite database; write the table as CSV"},
	{"\xd0\xcf\x11\xe0", "a workbook of Excel or another document of Office; save it as CSV"},
	{"MATLAB 5.0 MAT-file", "a MAT file, of Matlab; write it as CSV"},
	{"RDX", "an RData file, of R; write it as CSV"},
	{"%PDF", "a PDF document"},
	{"\x89PNG", "a PNG picture"},
	{"\xff\xd8\xff", "a JPEG picture"},
	{"GIF8", "a GIF picture"},
	{"\x7fELF", "a program"},
	{"\xff\xfe", "text in UTF-16; save it as UTF-8"},
	{"\xfe\xff", "text in UTF-16; save it as UTF-8"},
	{"version https://git-lfs", "a pointer of Git LFS in place of the file; fetch it with git lfs pull"},
	{"@relation", "an ARFF file; keep what follows @data, as CSV"},
	{"<?xml", "an XML document"},
}

// Of returns what a file with this beginning is, other than a table or a binary
// format of examples, and what to do about it. It returns "" if it knows of nothing.
func Of(head []byte) string {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.head)) {
			return m.kind
		}
	}
	switch {
	case len(head) > 1 && head[0] == 0x80 && head[1] >= 2 && head[1] <= 5:
		return "a pickle, of Python; write it as text or in the binary form"
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return "a tar archive; unpack it"
	}
	start := strings.ToLower(string(bytes.TrimSpace(head[:min(len(head), 1<<10)])))
	switch {
	case strings.HasPrefix(start, "<!doctype"), strings.HasPrefix(start, "<html"):
		return "an HTML page; fetch the file itself"
	case strings.HasPrefix(start, "@relation"):
		return "an ARFF file; keep what follows @data, as CSV"
	case isJSON(start):
		return "JSON; write it as CSV"
	}
	return ""
}

// NoText is Of for a file that should be text, in UTF-8 and lines.
func NoText(head []byte) string {
	kind := Of(head)
	switch {
	case kind != "":
		return kind
	case isWide(head):
		return "text in UTF-16 or UTF-32; save it as UTF-8"
	case bytes.IndexByte(head, 0) >= 0:
		return "no text: it has bytes that are 0"
	case isCarried(head):
		return "text whose lines end with \\r alone; write \\n there, with tr '\\r' '\\n'"
	}
	return ""
}

// isJSON reports whether a text begins as an object, or as an array of objects or
// arrays, does.
func isJSON(start string) bool {
	outer, inner := "", strings.TrimSpace(start)
	for len(inner) > 0 && strings.ContainsRune("[{", rune(inner[0])) {
		outer += inner[:1]
		inner = strings.TrimSpace(inner[1:])
	}
	return strings.HasSuffix(outer, "{") && strings.HasPrefix(inner, `"`) || strings.HasPrefix(outer, "[[")
}

// isWide reports whether every second byte is 0, as in English text in UTF-16.
func isWide(head []byte) bool {
	n := 0
	for i := 0; i+1 < min(len(head), 64); i += 2 {
		if (head[i] == 0) != (head[i+1] == 0) {
			n++
		}
	}
	return n > 2 && 2*n >= min(len(head), 64)-1
}

// isCarried reports whether the lines of a text end with \r alone.
func isCarried(head []byte) bool {
	return bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(bytes.TrimSuffix(head, []byte{'\r'}), '\r') >= 0
}

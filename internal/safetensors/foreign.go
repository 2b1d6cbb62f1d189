package safetensors

import (
	"bytes"
	"fmt"
)

// foreign are beginnings of files that are met in the place of safetensors.
var foreign = []struct{ start, what string }{
	{"version ", "a pointer of Git LFS to the file, not the file; fetch it with git lfs pull"},
	{"<!DOCTYP", "a web page; download the file itself, from the link that says raw or resolve"},
	{"<!doctyp", "a web page; download the file itself, from the link that says raw or resolve"},
	{"<html", "a web page; download the file itself, from the link that says raw or resolve"},
	{"PK\x03\x04", "a zip archive, as PyTorch saves its pickles; save the weights as safetensors"},
	{"\x80\x02", "a Python pickle; save the weights as safetensors"},
	{"\x80\x03", "a Python pickle; save the weights as safetensors"},
	{"\x80\x04", "a Python pickle; save the weights as safetensors"},
	{"\x80\x05", "a Python pickle; save the weights as safetensors"},
	{"\x89HDF\r\n", "an HDF5 file, as Keras saves weights; save them as safetensors"},
	{"\x93NUMPY", "an array of NumPy; save the weights as safetensors"},
	{"GGUF", "a GGUF file; convert it to safetensors"},
	{"\x1f\x8b", "compressed by gzip; unpack it"},
}

// recognised returns an error that says what a file is that begins with start, or
// err.
func recognised(start []byte, err error) error {
	for _, f := range foreign {
		if bytes.HasPrefix(start, []byte(f.start)) {
			return fmt.Errorf("the file is %s", f.what)
		}
	}
	return err
}

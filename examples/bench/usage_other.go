//go:build !unix

package main

// usage knows nothing here.
func usage() consumption { return consumption{} }

//go:build !(amd64 || arm64) || purego

package pool

// pause tells the core, where it can be told, that the program waits for
// another one.
func pause() {}

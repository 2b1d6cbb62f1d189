//go:build !purego

package kernel

// pause tells the core that the program waits for another one.
func pause()

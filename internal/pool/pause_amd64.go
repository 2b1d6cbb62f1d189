//go:build !purego

package pool

// pause tells the core that the program waits for another one.
func pause()

//go:build !js

package main

import (
	"bufio"
	"fmt"
	"os"
)

// serve answers the lines of standard input.
func serve(answer func([]byte) []byte) {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		fmt.Printf("%s\n", answer(lines.Bytes()))
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

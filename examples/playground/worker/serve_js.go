package main

import "syscall/js"

// serve answers the messages of the page. Work happens in this goroutine, never inside
// a callback, which must not wait for other goroutines.
func serve(answer func([]byte) []byte) {
	requests := make(chan string, 64)
	scope := js.Global()
	scope.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		requests <- args[0].Get("data").String()
		return nil
	}))
	scope.Call("postMessage", "ready")
	for r := range requests {
		scope.Call("postMessage", string(answer([]byte(r))))
	}
}

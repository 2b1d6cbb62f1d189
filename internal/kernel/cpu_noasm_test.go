//go:build !amd64 || purego

package kernel

// plainGo reports whether the implementation in use is in plain Go.
func plainGo() bool { return true }

// eachImpl runs f with the only implementation, as a test or a benchmark named
// after it.
func eachImpl[T interface{ Run(string, func(T)) bool }](t T, f func(T)) {
	t.Run("impl=generic", f)
}

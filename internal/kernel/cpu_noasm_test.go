//go:build !amd64 || purego

package kernel

// eachImpl runs f with the only implementation, as a test or a benchmark named
// after it.
func eachImpl[T interface{ Run(string, func(T)) bool }](t T, f func(T)) {
	t.Run("impl=generic", f)
}

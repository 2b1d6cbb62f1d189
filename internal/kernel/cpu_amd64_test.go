//go:build !purego

package kernel

// plainGo reports whether the implementation in use is in plain Go.
func plainGo() bool { return !useAVX2 }

// eachImpl runs f with every implementation that the machine has, as a test or
// a benchmark named after it.
func eachImpl[T interface{ Run(string, func(T)) bool }](t T, f func(T)) {
	has2, has512 := useAVX2, useAVX512
	defer func() { useAVX2, useAVX512 = has2, has512 }()
	for _, impl := range []struct {
		name         string
		avx2, avx512 bool
	}{{"generic", false, false}, {"avx2", true, false}, {"avx512", true, true}} {
		if impl.avx2 && !has2 || impl.avx512 && !has512 {
			continue
		}
		useAVX2, useAVX512 = impl.avx2, impl.avx512
		t.Run("impl="+impl.name, f)
	}
}

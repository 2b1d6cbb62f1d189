//go:build !purego

package kernel

// minGathered is the number of elements from which rows are worth a gatherKernel,
// which copies as many as gathered at a time.
const minGathered = 256

// gather copies rows side by side.
func gather[F Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	k := assembly[F]()
	whole := len(rows) / gathered * gathered
	if k == nil || n < minGathered {
		whole = 0
	}
	for i := 0; i < whole; i += gathered {
		next := min(i+gathered, whole-gathered)
		for j := 0; j < n; j += longest / gathered {
			cols := min(longest/gathered, n-j)
			at := func(q int) *F { return &src[rows[q]*lds+j:][:cols][0] }
			_ = dst[(i+gathered-1)*ldd+j:][:cols]
			k.gather(&dst[i*ldd+j], ldd*size[F](), at(i), at(i+1), at(i+2), at(i+3),
				at(next), at(next+1), at(next+2), at(next+3), cols)
		}
	}
	gatherGeneric(dst[whole*ldd:], ldd, src, lds, rows[whole:], n)
}

//go:build !purego

package kernel

// minGathered is the number of elements from which rows are worth a gatherKernel,
// which copies as many as gathered at a time.
const minGathered = 256

// gather copies rows side by side.
func gather[F Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	k := assembly[F]()
	for i := 0; i < len(rows); i += gathered {
		if k == nil || n < minGathered || len(rows)-i < gathered {
			gatherGeneric(dst[i*ldd:], ldd, src, lds, rows[i:], n)
			return
		}
		for j := 0; j < n; j += longest / gathered {
			cols := min(longest/gathered, n-j)
			row := func(q int) *F {
				_ = dst[(i+q)*ldd+j:][:cols]
				return &src[rows[i+q]*lds+j:][:cols][0]
			}
			k.gather(&dst[i*ldd+j], ldd*size[F](), row(0), row(1), row(2), row(3), cols)
		}
	}
}

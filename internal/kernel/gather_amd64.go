//go:build !purego

package kernel

const (
	gathered    = 4   // rows that a gatherKernel copies at a time
	minGathered = 256 // elements of rows that are worth it
)

// gather copies rows side by side: from one place in memory after the other a
// core brings less than from several at once.
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

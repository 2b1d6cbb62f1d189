//go:build (amd64 || arm64) && !purego

package vec

import "declive/internal/kernel"

// minGathered is the number of elements from which rows are worth a gatherKernel.
const minGathered = 256

// gathered is the number of rows that a gatherKernel copies.
const gathered = 8

// gather copies rows side by side.
func gather[F kernel.Float](dst []F, ldd int, src []F, lds int, rows []int, n int) {
	k := assembly[F]()
	whole := len(rows) / gathered * gathered
	if k == nil || n < minGathered {
		whole = 0
	}
	for i := 0; i < whole; i += gathered {
		next := min(i+gathered, whole-gathered)
		_ = dst[(i+gathered-1)*ldd:][:n]
		for _, r := range rows[i : i+gathered] {
			_ = src[r*lds:][:n]
		}
		for j := 0; j < n; {
			cols := min(longest/gathered, n-j)
			if left := n - j - cols; left < minGathered {
				cols += left
			}
			k.gather(&dst[i*ldd+j], ldd*kernel.Size[F](), &src[j], lds*kernel.Size[F](), &rows[i], &rows[next], cols)
			j += cols
		}
	}
	gatherGeneric(dst[whole*ldd:], ldd, src, lds, rows[whole:], n)
}

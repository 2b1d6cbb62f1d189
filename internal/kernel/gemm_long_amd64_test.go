//go:build !purego

package kernel

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The long products of the tests take every path.
func TestLongProductsTakeEveryPath(t *testing.T) {
	eachImpl(t, func(t *testing.T) {
		if !useAVX2 {
			t.Skip("no assembly")
		}
		paths := map[path]bool{}
		for _, p := range longProducts {
			lda, ldb := p.k, p.n
			if p.transA {
				lda = p.m
			}
			if p.transB {
				ldb = p.k
			}
			g := NewGemm[float32](p.m, p.n, p.k, p.transA, p.transB, lda, ldb, p.n)
			paths[g.long.each.path] = true
			paths[g.long.last.path] = true
		}
		assert.Len(t, paths, int(matrixVectorTPath)+1)
	})
}

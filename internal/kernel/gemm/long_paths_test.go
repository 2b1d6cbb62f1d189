//go:build (amd64 || arm64) && !purego

package gemm

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"declive/internal/kernel"
	"declive/internal/kernel/kerneltest"
)

// The long products of the tests take every path.
func TestLongProductsTakeEveryPath(t *testing.T) {
	kerneltest.EachISA(t, func(t *testing.T) {
		if kernel.InUse() == kernel.Generic {
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
			g := New[float32](p.m, p.n, p.k, p.transA, p.transB, lda, ldb, p.n)
			paths[g.long.each.path] = true
			paths[g.long.last.path] = true
		}
		assert.Len(t, paths, int(matrixVectorTPath)+1)
	})
}

// Command gemm writes the assembly of the matrix products: the kernels, and a
// Go file with their declarations and the tables by which they are found.
//
//	go run ./gemm -pkg gemm -out ../gemm/gemm_amd64.s -go ../gemm/kernels_amd64.go
//	go run ./gemm -arch arm64 -pkg gemm -out ../gemm/gemm_arm64.s -go ../gemm/kernels_arm64.go
package main

import (
	"flag"
	"log"

	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gemm: ")
	path := flag.String("go", "", "file for the declarations")
	arch := isa.Arch()
	flag.Parse()
	vectors, err := isa.Of(*arch)
	if err != nil {
		log.Fatal(err)
	}
	ConstraintExpr(*arch + ",!purego")
	var decl declarations
	for i := range vectors {
		v := &vectors[i]
		v.Two = v.NEON // a row of a tile as long as with AVX2
	}
	for _, v := range vectors {
		tiles(v, &decl)
		dots(v, &decl)
		packs(v, &decl)
		transpose(v, &decl)
		finish(v, &decl)
		axpys(v, &decl)
	}
	if err := decl.write(*path, *arch, vectors); err != nil {
		log.Fatal(err)
	}
	Generate()
}

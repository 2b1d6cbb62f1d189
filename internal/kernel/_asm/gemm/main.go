// Command gemm writes the assembly of the matrix products: the kernels, and a
// Go file with their declarations and the tables by which they are found.
//
//	go run ./gemm -pkg gemm -out ../gemm/gemm_amd64.s -go ../gemm/kernels_amd64.go
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
	flag.Parse()
	ConstraintExpr("amd64,!purego")
	var decl declarations
	for _, v := range isa.All {
		tiles(v, &decl)
		dots(v, &decl)
		packs(v, &decl)
		transpose(v, &decl)
		finish(v, &decl)
		axpys(v, &decl)
	}
	if err := decl.write(*path); err != nil {
		log.Fatal(err)
	}
	Generate()
}

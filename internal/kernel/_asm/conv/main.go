// Command conv writes the assembly of the convolutions: the kernels, and a Go
// file with their declarations and the tables by which they are found.
//
//	go run ./conv -pkg conv -out ../conv/conv_amd64.s -go ../conv/kernels_amd64.go
package main

import (
	"flag"
	"log"

	"declive/internal/kernel/_asm/isa"
	. "github.com/mmcloughlin/avo/build"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("conv: ")
	path := flag.String("go", "", "file for the declarations")
	flag.Parse()
	ConstraintExpr("amd64,!purego")
	var decl declarations
	for _, v := range isa.All {
		tiles(v, &decl)
		if !v.Double {
			transforms(v, &decl)
			windows(v, &decl)
		}
	}
	if err := decl.write(*path); err != nil {
		log.Fatal(err)
	}
	Generate()
}
